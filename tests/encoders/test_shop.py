"""The shop's own encoder: it keeps the contract, and says what is wrong with its folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import Damaged, Encoder, NotFound
from zhiyin.encoders import open_encoder
from zhiyin.testing import EncoderContract

onnx = pytest.importorskip("onnx", reason="no onnx: pip install 'zhiyin[language]'")

KNOWN = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "silk", "scarf", "tea", "cup", "丝", "龙")
WIDTH = 16


def tokenizer(kind: str = "WordPiece") -> dict[str, Any]:
    """``tokenizer.json`` of a few words."""
    return {
        "version": "1.0",
        "added_tokens": [],
        "model": {
            "type": kind,
            "vocab": {word: n for n, word in enumerate(KNOWN)},
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
        },
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
    }


def network() -> bytes:
    """The mean of a fixed vector per piece."""
    from onnx import TensorProto, helper, numpy_helper

    table = np.random.default_rng(3).standard_normal((len(KNOWN), WIDTH)).astype(np.float32)
    table[:4] = 0.01
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "tokens"], ["rows"]),
            helper.make_node("ReduceMean", ["rows"], ["vectors"], axes=[1], keepdims=0),
        ],
        "toy",
        [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["B", "T"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["B", WIDTH])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


def written(folder: Path, **changes: Any) -> Path:
    facts = {
        "format": 1, "name": "toy#1", "width": WIDTH, "longest": 6, "begin": 2, "end": 3,
        "unknown": 1, "method": "scratch",
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / "language.json").write_text(json.dumps({**facts, **changes}))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer()))
    (folder / "network.onnx").write_bytes(network())
    return folder


class TestShopEncoder(EncoderContract):
    pairs = (("red silk scarf", "Silk, red scarf!"), ("龙 tea cup", "tea cup 龙"), ("丝", " 丝 "))
    tolerance = 0.0  # every text is run by itself

    @pytest.fixture(autouse=True)
    def own_folder(self, tmp_path: Path) -> None:
        self.folder = written(tmp_path / "language")

    def make(self) -> Encoder:
        return open_encoder(f"shop:{self.folder}", "text")


def test_a_long_text_is_the_mean_of_its_windows(tmp_path: Path) -> None:
    encoder = open_encoder("shop", "text", own=written(tmp_path / "own"))
    once, often = encoder.encode(["red silk tea cup", "red silk tea cup " * 40]).vectors
    np.testing.assert_allclose(often, once, atol=1e-5)


def test_words_that_it_never_saw_are_told(tmp_path: Path) -> None:
    encoded = open_encoder(f"shop:{written(tmp_path / 'x')}", "text").encode(["дракон", "red", ""])
    assert [trouble.code for trouble in encoded.troubles] == ["no_words"]
    assert np.isnan(encoded.vectors).all(axis=1).tolist() == [True, False, True]


def test_it_stands_beside_another_encoder_by_its_short_name(tmp_path: Path) -> None:
    encoder = open_encoder("words+shop", "text", own=written(tmp_path / "own"))
    assert (encoder.name, encoder.width) == ("words/1+toy#1", 2048 + WIDTH)


def test_before_anything_was_learnt_the_command_is_named(tmp_path: Path) -> None:
    for name in ("shop", f"shop:{tmp_path / 'nowhere'}"):
        with pytest.raises(NotFound, match="zhiyin pretrain --language"):
            _ = open_encoder(name, "text").width


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "language.json").write_text("{"),
        lambda folder: written(folder, width=-1),
        lambda folder: written(folder, format=2),
        lambda folder: (folder / "network.onnx").write_bytes(b"\x00" * 50),
        lambda folder: (folder / "network.onnx").unlink(),
        lambda folder: (folder / "tokenizer.json").unlink(),
        lambda folder: (folder / "tokenizer.json").write_text("{}"),
        lambda folder: (folder / "tokenizer.json").write_text(json.dumps(tokenizer("Strange"))),
    ],
)
def test_a_spoilt_folder_is_damaged(tmp_path: Path, spoil: Any) -> None:
    pytest.importorskip("tokenizers")
    folder = written(tmp_path / "spoilt")
    spoil(folder)
    with pytest.raises(Damaged):
        open_encoder(f"shop:{folder}", "text").encode(["red silk"])
