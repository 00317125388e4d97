"""One epoch of a model of RecBole, timed; run by an interpreter that has recbole.

    <python with recbole> benchmarks/peer_recbole.py SASRec|LightGCN PAIRS BATCHES [LENGTH]

PAIRS is a file of "user item …" in time order; of each user RecBole keeps the last two
(SASRec), or one of any (LightGCN), for itself. The network is as large as ours, everything
else as RecBole sets it: for SASRec histories padded to LENGTH, every place of a history a
row of its own, cross-entropy over all items. The first BATCHES of the epoch are timed (0:
all), one thread. Prints JSON on the last line. Imports nothing of zhiyin.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def write(pairs: Path, folder: Path) -> None:
    """RecBole's own file: a head, then one event a line; the line is the time."""
    (folder / "shop").mkdir()
    with (folder / "shop" / "shop.inter").open("w") as out:
        out.write("user_id:token\titem_id:token\ttimestamp:float\n")
        for when, line in enumerate(pairs.read_text().splitlines()):
            user, item, *_ = line.split()
            if user.isdigit():  # not the head
                out.write(f"{user}\t{item}\t{when}\n")


def settings(name: str, length: int) -> dict[str, Any]:
    """What differs between the models."""
    if name == "SASRec":
        return {
            "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
            "eval_args": {
                "split": {"LS": "valid_and_test"},
                "order": "TO",
                "mode": "full",
                "group_by": "user",
            },
            "MAX_ITEM_LIST_LENGTH": length,
            "n_layers": 1,
            "n_heads": 1,
            "hidden_size": 64,
            "inner_size": 64,
            "train_neg_sample_args": None,
        }
    return {
        "load_col": {"inter": ["user_id", "item_id"]},
        "eval_args": {"split": {"LS": "test_only"}, "order": "RO", "mode": "full"},
        "embedding_size": 64,
        "n_layers": 2,
    }


def main() -> None:
    name, pairs, batches = sys.argv[1], Path(sys.argv[2]).resolve(), int(sys.argv[3])
    own = settings(name, int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    import torch
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.trainer import Trainer
    from recbole.utils import get_model

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # RecBole leaves its logs where it runs
        write(pairs, Path(folder))
        every = {
            "data_path": folder,
            "checkpoint_dir": folder,
            "train_batch_size": 2048,
            "use_gpu": False,
            "state": "ERROR",
            "show_progress": False,
        }
        sys.argv = sys.argv[:1]  # RecBole reads settings from there as well
        config = Config(model=name, dataset="shop", config_dict={**every, **own})
        dataset = create_dataset(config)
        train, _, _ = data_preparation(config, dataset)
        model = get_model(name)(config, train.dataset).to("cpu")
        trainer = Trainer(config, model)
        whole = len(train)
        some = [batch for _, batch in zip(range(batches or whole), train, strict=False)]
        start = time.process_time()
        trainer._train_epoch(some, 0, show_progress=False)
        spent = time.process_time() - start
    print(
        json.dumps(
            {
                "epoch_cpu_s": spent * whole / len(some),
                "batches_timed": len(some),
                "batches_of_an_epoch": whole,
                "rows": len(train.dataset),
            }
        )
    )


if __name__ == "__main__":
    main()
