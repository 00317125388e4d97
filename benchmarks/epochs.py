"""What an epoch of LightGCN and of FREEDOM costs on Amazon Baby, beside what else there is.

    OMP_NUM_THREADS=1 python -m benchmarks.epochs [--epochs 8]

CPU seconds of all threads: a training of 2 + ``--epochs`` epochs less one of 2, by the
number between; nobody looks at the metric meanwhile. Ours are timed as they learn by
default and as the papers do (BPR, batches of 2,048). ZHIYIN_BENCH_RECBOLE names a Python
that has recbole: its LightGCN is then timed in the same run, on as many pairs. MMRec's code
is no package that could be installed here; its seconds per epoch were measured once on a
machine of this kind (two cores, one thread) and stand in brackets. Quality at these
settings is told by ``benchmarks.models``. The data is not shipped: ZHIYIN_TEST_DATA.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.contenders import FREEDOM_AS_PUBLISHED
from benchmarks.multimodal_data import load, missing
from benchmarks.record import save, show
from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative import LightGcn
from zhiyin.models.multimodal import Freedom

WARM = 2
AS_PUBLISHED = {"batch": 2048, "rate": 1e-3, "reg": 1e-4}
MMREC = {"LightGCN": 3.7, "FREEDOM": 28.0}  # measured before, see above
OURS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("LightGCN", "as it comes", LightGcn, {}),
    ("LightGCN", "as published", LightGcn, AS_PUBLISHED),
    ("FREEDOM", "as it comes", Freedom, {}),
    ("FREEDOM", "as published", Freedom, FREEDOM_AS_PUBLISHED),
]


def epoch_seconds(make: Any, settings: dict[str, Any], data: Dataset, epochs: int) -> float:
    """CPU seconds of one epoch, start and compiling taken off."""
    spent = []
    for count in (WARM, WARM + epochs):
        model = make(make.Config.model_validate({**settings, "epochs": count}))
        start = time.process_time()
        model.fit(data, derive(7, "epochs"))
        spent.append(time.process_time() - start)
    return (spent[1] - spent[0]) / epochs


def recbole(data: Dataset) -> dict[str, Any] | None:
    """One epoch of RecBole's LightGCN on the same pairs; None where it is not there."""
    python = os.environ.get("ZHIYIN_BENCH_RECBOLE")
    if not python:
        print("ZHIYIN_BENCH_RECBOLE names no Python with recbole: its row is left out")
        return None
    histories = data.interactions.histories
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pairs:
        for shopper, item in zip(histories.rows(), histories.items, strict=True):
            pairs.write(f"{shopper} {item}\n")
        pairs.flush()
        script = Path(__file__).with_name("peer_recbole.py")
        done = subprocess.run(
            [python, str(script), "LightGCN", pairs.name, "0"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=8)
    given = parser.parse_args()
    if why := missing("baby"):
        print(why)
        return
    data = load("baby", graphs=True).train
    theirs = recbole(data)
    rows = []
    for name, how, make, settings in OURS:
        seconds = epoch_seconds(make, settings, data, given.epochs)
        peer = theirs if name == "LightGCN" else None
        rows.append(
            {
                "model": name,
                "how": how,
                "batch": make.Config.model_validate(settings).batch,
                "epoch_cpu_s": round(seconds, 3),
                "recbole_epoch_cpu_s": None if peer is None else round(peer["epoch_cpu_s"], 2),
                "mmrec_epoch_cpu_s_before": MMREC[name],
            }
        )
    save("epochs", {"shop": "baby", "threads": 1, "rows": rows, "recbole": theirs})
    heads = ["model", "", "batch", "an epoch, CPU s", "RecBole, same run", "(MMRec, before)"]
    cells = [
        [
            row["model"],
            row["how"],
            row["batch"],
            row["epoch_cpu_s"],
            "–" if row["recbole_epoch_cpu_s"] is None else row["recbole_epoch_cpu_s"],
            f"({row['mmrec_epoch_cpu_s_before']})",
        ]
        for row in rows
    ]
    show("an epoch on Amazon Baby, one thread", heads, cells)


if __name__ == "__main__":
    main()
