"""From a CSV file into a store: read, checked, appended, beside a plain bulk load.

    python -m benchmarks.ingest [--rows 1000000,10000000] [--store sqlite|postgres|both]

``zhiyin ingest`` reads the file, checks every row and field, makes each batch durable and
notes how far it came. Beside it, in the same run, the database's own tool (``sqlite3
.import``, ``psql \\copy``) loads rows that somebody had already put into the tables' own
shape and numbered: same tables, same indexes, one transaction, nothing checked.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv

from benchmarks.record import peak_bytes, save, show
from benchmarks.stores import (
    in_child,
    make_events,
    postgres_schema,
    tool_postgres,
    tool_sqlite,
    write_csv,
)
from zhiyin.app import create_shop, open_shop

HEADS = ["store", "events", "way", "seconds", "rows/s", "peak MB", "times the tool"]


def write_events(file: Path, rows: int, ids: str) -> None:
    """The events as a shop would export them: a header and the columns that are used."""
    with file.open("wb") as handle:
        for number, batch in enumerate(make_events(rows, ids)):
            options = csv.WriteOptions(include_header=number == 0)
            csv.write_csv(pa.Table.from_batches([batch]), handle, options)


def ingest(folder: Path, url: str, lines: Path) -> tuple[float, float]:
    """Seconds to take the file in through the front door, and this process's peak in MB."""
    create_shop(folder / "shop", name="bench", store=url)
    start = time.perf_counter()
    with open_shop(folder / "shop") as shop:
        report = shop.ingest(lines)
    seconds = time.perf_counter() - start
    if report.refused or report.problems:
        raise RuntimeError(f"refused {report.refused}, problems {report.problems}")
    return seconds, peak_bytes() / 1e6


def measure(kind: str, rows: int, ids: str) -> list[list[object]]:
    """The tool's line and ours for one store and one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, export = folder / "plain.csv", folder / "events.csv"
        write_csv(plain, rows, ids)
        if kind == "sqlite":
            tool, what = tool_sqlite(folder, plain), "sqlite3 .import"
            (folder / "tool.db").unlink()
        else:
            with postgres_schema() as url:
                tool, what = tool_postgres(url, plain), "psql \\copy"
        plain.unlink()
        write_events(export, rows, ids)
        if kind == "sqlite":
            ours, peak = in_child(ingest, folder, "sqlite:///shop.db", export)
        else:
            with postgres_schema() as url:
                ours, peak = in_child(ingest, folder, url, export)
    return [
        [kind, rows, what, tool, round(rows / tool), "", 1.0],
        [kind, rows, "zhiyin ingest", ours, round(rows / ours), round(peak), ours / tool],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", default="1000000,10000000")
    parser.add_argument("--store", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--ids", choices=["random", "ordered"], default="random")
    given = parser.parse_args()
    table = []
    for rows in map(int, given.rows.split(",")):
        for kind in ("sqlite", "postgres") if given.store == "both" else (given.store,):
            try:
                table += measure(kind, rows, given.ids)
            except (FileNotFoundError, subprocess.CalledProcessError) as error:
                print(f"{kind}: its own tool is not here or failed, left out ({error})")
    show(f"events from CSV, {given.ids} ids", HEADS, table)
    lines = [dict(zip(HEADS, line, strict=True)) for line in table]
    save("ingest", {"ids": given.ids, "table": lines})


if __name__ == "__main__":
    main()
