"""Models of open_clip: an architecture and a checkpoint, here tiny and random."""

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from zhiyin.core import BadSettings, Encoder, Unavailable
from zhiyin.encoders import open_encoder
from zhiyin.testing import EncoderContract

open_clip = pytest.importorskip(
    "open_clip",
    reason="no open_clip that works: pip install 'zhiyin[open-clip]'",
    exc_type=(ImportError, RuntimeError),  # a torchvision of another torch raises the second
)
torch = pytest.importorskip("torch")

CONFIG = {
    "embed_dim": 24,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8},
    "text_cfg": {
        "context_length": 77,
        "vocab_size": 49408,
        "width": 64,
        "heads": 2,
        "layers": 2,
    },
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("open_clip")
    (folder / "tiny.json").write_text(json.dumps(CONFIG))
    open_clip.add_model_config(folder / "tiny.json")
    torch.manual_seed(1)
    torch.save(open_clip.create_model("tiny").state_dict(), folder / "tiny.pt")
    return folder / "tiny.pt"


class TowerContract(EncoderContract):
    modality: ClassVar[Any] = "text"
    pairs = (
        ("red silk scarf", "Red Silk  scarf"),
        ("龙 tea cup", "龙 TEA cup"),
        ("cloud", "Cloud"),
    )
    tolerance = 1e-4

    @pytest.fixture(autouse=True)
    def own_checkpoint(self, checkpoint: Path, pictures: Any) -> None:
        self.place = f"open-clip:tiny:{checkpoint}"
        if self.modality == "image":
            self.pairs = pictures

    def make(self) -> Encoder:
        return open_encoder(self.place, self.modality)


class TestTexts(TowerContract):
    pass


class TestPictures(TowerContract):
    modality = "image"


def test_the_vectors_are_those_of_the_model_itself_and_the_name_is_shared(checkpoint: Path) -> None:
    model = open_clip.create_model("tiny", pretrained=str(checkpoint)).eval()
    texts = ["red silk scarf", "a cup"]
    with torch.inference_mode():
        wanted = model.encode_text(open_clip.get_tokenizer("tiny")(texts), normalize=True)
    encoder = open_encoder(f"open-clip:tiny:{checkpoint}", "text")
    np.testing.assert_allclose(encoder.encode(texts).vectors, wanted.numpy(), atol=1e-5)
    assert encoder.name == open_encoder(f"open-clip:tiny:{checkpoint}", "image").name
    assert encoder.name.startswith("open-clip:tiny:tiny.pt#")


def test_a_model_without_a_checkpoint_is_refused() -> None:
    with pytest.raises(BadSettings, match="names no checkpoint"):
        open_encoder("open-clip:ViT-B-32", "text").encode(["scarf"])


def test_a_checkpoint_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="check the name"):
        open_encoder(f"open-clip:ViT-B-32:{tmp_path / 'no.pt'}", "text").encode(["scarf"])
