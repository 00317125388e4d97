"""Models of sentence-transformers, from a folder."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import Encoder
from zhiyin.encoders import open_encoder
from zhiyin.testing import EncoderContract

sentence_transformers = pytest.importorskip(
    "sentence_transformers", reason="no sentence-transformers: pip install 'zhiyin[encoders]'"
)
transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, words_file: Any) -> Path:
    root = tmp_path_factory.mktemp("sentences")
    tokenizer = words_file(root / "bert")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=64,
    )
    transformers.BertModel(config).save_pretrained(root / "bert")
    tokenizer.save_pretrained(root / "bert")
    # Of a network without pooling the library makes one that averages.
    network = sentence_transformers.SentenceTransformer(str(root / "bert"), device="cpu")
    network.save(str(root / "model"))
    return root / "model"


class TestSentences(EncoderContract):
    pairs = (
        ("red silk scarf", "Red Silk  scarf"),
        ("龙 tea cup", "龙 TEA cup"),
        ("cloud", "Cloud"),
    )
    tolerance = 1e-4

    @pytest.fixture(autouse=True)
    def own_folder(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> Encoder:
        return open_encoder(f"sentence-transformers:{self.folder}", "text")


def test_the_vectors_are_those_of_the_model_itself(folder: Path) -> None:
    texts = ["red silk scarf", "the dragon cup of the cloud", "a"]
    network = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    wanted = np.stack([network.encode(text, normalize_embeddings=True) for text in texts])
    encoder = open_encoder(f"sentence-transformers:{folder}", "text")
    np.testing.assert_allclose(encoder.encode(texts).vectors, wanted, atol=1e-5)
    assert encoder.name.startswith("sentence-transformers:model#")
