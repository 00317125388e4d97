"""Batches of RecBole's LightGCN, timed; run by an interpreter that has recbole.

    <python with recbole> benchmarks/peer_lightgcn.py PAIRS BATCHES

PAIRS is a file of "user item" lines, all of them learnt from but one of each user, which
RecBole keeps for itself. As large as ours (width 64, two layers), everything else as
RecBole sets it. The first BATCHES of the epoch are timed (0: all), one thread. Prints JSON
on the last line. Imports nothing of zhiyin.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    pairs, batches = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    import torch
    from recbole.config import Config
    from recbole.data import create_dataset, data_preparation
    from recbole.model.general_recommender import LightGCN
    from recbole.trainer import Trainer

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # RecBole leaves its logs where it runs
        place = Path(folder) / "shop"
        place.mkdir()
        with (place / "shop.inter").open("w") as out:
            out.write("user_id:token\titem_id:token\n")
            for line in pairs.read_text().splitlines():
                out.write("\t".join(line.split()[:2]) + "\n")
        settings = {
            "data_path": folder,
            "checkpoint_dir": folder,
            "load_col": {"inter": ["user_id", "item_id"]},
            "eval_args": {"split": {"LS": "test_only"}, "order": "RO", "mode": "full"},
            "embedding_size": 64,
            "n_layers": 2,
            "train_batch_size": 2048,
            "use_gpu": False,
            "state": "ERROR",
            "show_progress": False,
        }
        sys.argv = sys.argv[:1]  # RecBole reads settings from there as well
        config = Config(model="LightGCN", dataset="shop", config_dict=settings)
        dataset = create_dataset(config)
        train, _, _ = data_preparation(config, dataset)
        model = LightGCN(config, train.dataset).to("cpu")
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
                "pairs": len(train.dataset),
            }
        )
    )


if __name__ == "__main__":
    main()
