"""All benchmarks, or the named ones: ``python -m benchmarks [NAME …]``; ``make bench``."""

import subprocess
import sys

PARTS = {
    "ingest": ["benchmarks.ingest"],
    "stores": ["benchmarks.stores"],
    "interactions": ["benchmarks.interactions"],
    "newcomer": ["benchmarks.newcomer"],
    "models": ["benchmarks.models"],
    "champion": ["benchmarks.champion"],
    "epochs": ["benchmarks.epochs"],
    "sequential": ["benchmarks.sequential"],
    "ranking": ["benchmarks.ranking"],
    "growth": ["benchmarks.growth"],
    "understanding": ["benchmarks.understanding"],
    "alignment": ["benchmarks.alignment", "--test"],
    "language": ["benchmarks.language"],
    "implicit": ["benchmarks.implicit"],
    "index": ["benchmarks.index"],
    "motifs": ["benchmarks.motifs"],
    "colours": ["benchmarks.colours"],
    "encoding": ["benchmarks.encoding"],
    "shelf": ["benchmarks.shelf"],
    "words": ["benchmarks.words"],
    "search": ["benchmarks.search"],
}


def main() -> int:
    """Run the parts one after the other, each in a process of its own."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    for name in wanted:
        subprocess.run([sys.executable, "-m", *PARTS[name]], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
