"""One epoch of RecBole's SASRec, timed; run by an interpreter that has recbole.

    <python with recbole> benchmarks/peer_recbole.py PAIRS LENGTH BATCHES

PAIRS is a file of "user item …" in time order. The network is as large as ours (width 64,
one block, one head), everything else as RecBole sets it: histories padded to LENGTH,
every place of a history a row of its own, cross-entropy over all items. The first
BATCHES of the epoch are timed (0: all), one thread. Prints JSON on the last line.
Imports nothing of zhiyin.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def write(pairs: Path, folder: Path) -> None:
    """RecBole's own file: a head, then one event a line; the line is the time."""
    (folder / "shop").mkdir()
    with (folder / "shop" / "shop.inter").open("w") as out:
        out.write("user_id:token\titem_id:token\ttimestamp:float\n")
        for when, line in enumerate(pairs.read_text().splitlines()):
            user, item, *_ = line.split()
            if user.isdigit():  # not the head
                out.write(f"{user}\t{item}\t{when}\n")


def main() -> None:
    pairs, length, batches = Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])
    import torch
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.model.sequential_recommender import SASRec
    from recbole.trainer import Trainer

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # RecBole leaves its logs where it runs
        write(pairs, Path(folder))
        settings = {
            "data_path": folder,
            "checkpoint_dir": folder,
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
            "train_batch_size": 2048,
            "use_gpu": False,
            "state": "ERROR",
            "show_progress": False,
        }
        sys.argv = sys.argv[:1]  # RecBole reads settings from there as well
        config = Config(model="SASRec", dataset="shop", config_dict=settings)
        dataset = create_dataset(config)
        train, _, _ = data_preparation(config, dataset)
        model = SASRec(config, train.dataset).to("cpu")
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
