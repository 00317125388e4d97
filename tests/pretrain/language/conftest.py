"""A toy grammar whose every sentence can be worked by hand, and tiny checkpoints."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from zhiyin.core import Item, Text
from zhiyin.pretrain.language import LanguageConfig

KINDS = ("scarf", "vase", "lamp", "fan", "cup", "robe")
STUFFS = ("silk", "clay", "brass", "paper", "jade", "linen")  # each kind is of one stuff
CHINESE = ("丝巾", "花瓶", "铜灯", "纸扇", "玉杯", "麻衣")
COLOURS = ("red", "blue", "green", "white", "black")


PLACES = ("home", "office", "garden", "travel")


def goods() -> list[Item]:
    """Items whose kind says the stuff, in English and Chinese; colours and places are free."""
    every = product(range(6), COLOURS, PLACES)
    return [
        Item(
            f"i{number:03}",
            f"{colour} {STUFFS[kind]} {KINDS[kind]} for {place}",
            f"a {KINDS[kind]} made of {STUFFS[kind]} in {colour}, good at {place}",
            texts={"zh": Text(f"{CHINESE[kind]} {colour} {place}")},
        )
        for number, (kind, colour, place) in enumerate(every)
    ]


@pytest.fixture(scope="session")
def toy() -> list[Item]:
    """The goods of the grammar."""
    return goods()


@pytest.fixture(scope="session")
def small() -> LanguageConfig:
    """Settings with which a test takes seconds."""
    return LanguageConfig(
        vocabulary=400, width=32, layers=1, heads=2, longest=24, dropout=0.0, batch=256,
        rate=5e-3, tokens=400_000, epochs=70, pair_epochs=6, pairs=32, rank=2, bottleneck=4,
        patience=20,
    )  # fmt: skip


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, toy: list[Item]) -> Callable[[str], Path]:
    """Writes a masked language model with random weights, of BERT's or RoBERTa's form."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    from zhiyin.pretrain.language.network import write_checkpoint
    from zhiyin.pretrain.language.vocabulary import Vocabulary

    def written(kind: str) -> Path:
        folder = tmp_path_factory.mktemp(kind)
        vocabulary = Vocabulary.learnt([item.title for item in toy], 300)
        size: dict[str, Any] = {
            "vocab_size": len(vocabulary), "hidden_size": 16, "num_hidden_layers": 2,
            "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 40,
            "pad_token_id": vocabulary.pad,
        }  # fmt: skip
        torch.manual_seed(4)
        if kind == "bert":
            network = transformers.BertForMaskedLM(transformers.BertConfig(**size))
        else:
            network = transformers.RobertaForMaskedLM(transformers.RobertaConfig(**size))
        write_checkpoint(network, vocabulary, folder)
        return folder

    return written
