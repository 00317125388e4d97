"""What every benchmark says beside its numbers: the machine, the commit, the time."""

import json
import os
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def where() -> dict[str, Any]:
    """The machine and the code, as they are now."""
    return {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "python": platform.python_version(),
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("diff", "HEAD") else ""),
        "when": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
    }


def save(name: str, result: dict[str, Any]) -> Path:
    """Write ``results/<name>.json``."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    text = json.dumps({**where(), **result}, indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
    return file


def show(title: str, heads: list[str], rows: list[list[Any]]) -> None:
    """A plain table on standard output, with the machine and the commit below."""
    cells = [heads, *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    print(f"\n{title}")
    for place, row in enumerate(cells):
        print(
            "  ".join(
                c.ljust(w) if n == 0 else c.rjust(w)
                for n, (c, w) in enumerate(zip(row, widths, strict=True))
            )
        )
        if place == 0:
            print("  ".join("-" * width for width in widths))
    facts = where()
    print(f"{facts['machine']} · commit {facts['commit']} · {facts['when']}")


def in_child(module: str, *arguments: str) -> dict[str, Any]:
    """Run ``python -m module arguments`` alone and read the JSON of its last line.

    A process of its own, so that the memory measured is its own.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
        # One thread unless told otherwise: on a busy machine threads wait for each other in
        # loops, and the CPU seconds that are measured double.
        env={"OMP_NUM_THREADS": "1", **os.environ},
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def peak_bytes() -> int:
    """The most memory that this process ever held."""
    # Linux's ru_maxrss starts from the parent's size at fork; VmHWM is this program's own.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    return done.stdout.strip()
