"""What a newcomer waits for: a clean clone, the README's two commands, timed and weighed.

    python -m benchmarks.newcomer [--no-test]

The commit is cloned into an empty folder; ``make demo ONCE=1`` and ``make test`` run there
with nothing prepared (only pip's own cache of downloads may help). Limits: the demo in
180 s and 800 MB, all included. The quality table of the demo shop is taken along.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.record import save, show
from zhiyin.cli.demo import BUDGET

ROOT = Path(__file__).parent.parent
SECONDS, MEGABYTES = 180, 800


def timed(clone: Path, *command: str) -> float:
    """Seconds that a command takes; its output is shown as it comes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=clone, check=True)
    return time.perf_counter() - start


def megabytes(folder: Path) -> float:
    """What a folder takes on disk."""
    done = subprocess.run(["du", "-sk", folder], check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[0]) / 1024


def quality(clone: Path) -> dict[str, Any]:
    """The demo shop's table, as ``zhiyin evaluate --json`` prints it."""
    command = [clone / ".venv/bin/zhiyin", "evaluate", "--shop", clone / "demo-shop"]
    command += ["--budget", f"{BUDGET:g}s", "--json"]  # as the demo fits
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--no-test", action="store_true", help="time the demo only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        clone = Path(name) / "zhiyin"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        demo = timed(clone, "make", "demo", "ONCE=1")
        weight = megabytes(clone)
        rows: list[list[Any]] = [
            ["make demo, everything included", demo, "s", SECONDS],
            ["on disk afterwards", weight, "MB", MEGABYTES],
            ["of it the environment", megabytes(clone / ".venv"), "MB", ""],
            ["of it the demo shop", megabytes(clone / "demo-shop"), "MB", ""],
        ]
        table = quality(clone)
        if not given.no_test:
            rows.append(["make test", timed(clone, "make", "test"), "s", 600])
    show("a newcomer's two commands, from a clean clone", ["what", "took", "unit", "limit"], rows)
    save("newcomer", {"rows": rows, "demo": table})


if __name__ == "__main__":
    main()
