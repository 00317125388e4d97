"""Models of cn_clip: an architecture and a checkpoint, here tiny and random."""

import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from zhiyin.core import BadSettings, Encoder
from zhiyin.encoders import open_encoder
from zhiyin.testing import EncoderContract

clip = pytest.importorskip(
    "cn_clip.clip",
    reason="no cn_clip that works: pip install 'zhiyin[cn-clip]'",
    exc_type=(ImportError, RuntimeError),  # a torchvision of another torch raises the second
)
torch = pytest.importorskip("torch")

SIZE = {
    "embed_dim": 24,
    "image_resolution": 32,
    "vision_layers": 2,
    "vision_width": 64,
    "vision_patch_size": 8,
    "vocab_size": 21128,
    "text_attention_probs_dropout_prob": 0.1,
    "text_hidden_act": "gelu",
    "text_hidden_dropout_prob": 0.1,
    "text_hidden_size": 32,
    "text_initializer_range": 0.02,
    "text_intermediate_size": 48,
    "text_max_position_embeddings": 512,
    "text_num_attention_heads": 4,
    "text_num_hidden_layers": 2,
    "text_type_vocab_size": 2,
}


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package knows only its own large architectures; one of them is tiny here."""
    utils, model = clip.utils, clip.model

    def create(name: str, checkpoint: Any = None) -> Any:
        assert name == "ViT-B-16@RoBERTa-wwm-ext-base-chinese"
        sys.stdout.write("the real one prints, too")
        made = model.CLIP(**SIZE)
        model.convert_weights(made)
        made.load_state_dict(checkpoint["state_dict"])
        return made

    monkeypatch.setattr(utils, "create_model", create)
    monkeypatch.setattr(utils, "image_transform", lambda size: IMAGES(32))


IMAGES = clip.image_transform


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cn_clip") / "tiny.pt"
    torch.manual_seed(1)
    torch.save({"state_dict": clip.model.CLIP(**SIZE).state_dict()}, file)
    return file


class TowerContract(EncoderContract):
    modality: ClassVar[Any] = "text"
    pairs = (("红色真丝围巾 silk", "红色真丝围巾  SILK"), ("龙纹茶杯 cup", "龙纹茶杯 CUP"))
    tolerance = 1e-4

    @pytest.fixture(autouse=True)
    def own_checkpoint(self, tiny: None, checkpoint: Path, pictures: Any) -> None:
        self.place = f"cn-clip:ViT-B-16:{checkpoint}"
        if self.modality == "image":
            self.pairs = pictures

    def make(self) -> Encoder:
        return open_encoder(self.place, self.modality)


class TestTexts(TowerContract):
    pass


class TestPictures(TowerContract):
    modality = "image"


def test_it_is_silent_and_both_share_a_name(
    checkpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"cn-clip:ViT-B-16:{checkpoint}"
    texts, pictures = open_encoder(place, "text"), open_encoder(place, "image")
    assert np.isfinite(texts.encode(["红色真丝围巾"]).vectors).all()
    assert texts.name == pictures.name
    assert texts.name.startswith("cn-clip:ViT-B-16#")
    assert capsys.readouterr().out == ""


def test_an_architecture_that_it_lacks_is_refused() -> None:
    with pytest.raises(BadSettings, match="use one of ViT-B-16"):
        open_encoder("cn-clip:ViT-Z", "text").encode(["围巾"])
