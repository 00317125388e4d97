"""Image-text models of transformers: texts and pictures in one space, from a folder."""

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PIL import Image

from zhiyin.core import BadSettings, Encoder, Unavailable
from zhiyin.encoders import open_encoder
from zhiyin.testing import EncoderContract

transformers = pytest.importorskip(
    "transformers", reason="no transformers: pip install 'zhiyin[encoders]'"
)
torch = pytest.importorskip("torch")

KINDS = ("clip", "siglip", "chinese")
PAIRS = (("red silk scarf", "Red Silk  scarf"), ("龙 tea cup", "龙 TEA cup"), ("cloud", "Cloud"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, clip_folder: Any) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {kind: clip_folder(root / kind, kind=kind) for kind in KINDS}


class TowerContract(EncoderContract):
    kind: ClassVar[str]
    modality: ClassVar[Any] = "text"
    pairs = PAIRS
    # Filled up beside a longer text, a text is added up in another order.
    tolerance = 1e-4

    @pytest.fixture(autouse=True)
    def own_folder(self, folders: dict[str, Path], pictures: Any) -> None:
        self.place = f"hf:{folders[self.kind]}"
        if self.modality == "image":
            self.pairs = pictures

    def make(self) -> Encoder:
        return open_encoder(self.place, self.modality)


class TestClipTexts(TowerContract):
    kind = "clip"


class TestClipPictures(TowerContract):
    kind = "clip"
    modality = "image"


class TestSiglipTexts(TowerContract):
    kind = "siglip"


class TestChineseClipTexts(TowerContract):
    kind = "chinese"


class TestChineseClipPictures(TowerContract):
    kind = "chinese"
    modality = "image"


@pytest.mark.parametrize("kind", KINDS)
def test_the_vectors_are_those_of_the_model_itself(
    kind: str, folders: dict[str, Path], pictures: Any
) -> None:
    texts = ["red silk scarf", "the dragon cup", "a"]
    contents = [png for png, _ in pictures]
    model = transformers.AutoModel.from_pretrained(folders[kind]).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folders[kind])
    padding = "max_length" if kind == "siglip" else False
    with torch.inference_mode():
        words = [
            model.get_text_features(
                **tokenizer(text, padding=padding, max_length=40, return_tensors="pt")
            ).pooler_output[0]
            for text in texts
        ]
        edge = [
            Image.open(BytesIO(png)).resize((32, 32), Image.Resampling.BICUBIC) for png in contents
        ]
        pixels = np.stack([np.asarray(image, np.float32).transpose(2, 0, 1) for image in edge])
        seen = model.get_image_features(pixel_values=torch.tensor(pixels / 127.5 - 1)).pooler_output
    for modality, given, wanted in (
        ("text", texts, torch.stack(words)),
        ("image", contents, seen),
    ):
        rows = open_encoder(f"hf:{folders[kind]}", modality).encode(given).vectors
        unit = torch.nn.functional.normalize(wanted, dim=1).numpy()
        # Libraries resize with other kernels; random weights do not forgive much.
        assert (rows * unit).sum(axis=1).min() > (0.99999 if modality == "text" else 0.99)


def test_both_encoders_of_one_model_share_a_name_and_other_weights_have_another(
    tmp_path: Path, folders: dict[str, Path], clip_folder: Callable[..., Path]
) -> None:
    here = f"hf:{folders['clip']}"
    text, image = open_encoder(here, "text"), open_encoder(here, "image")
    assert text.name == image.name
    assert text.width == image.width == 24
    moved = shutil.copytree(folders["clip"], tmp_path / "elsewhere" / "clip")
    assert open_encoder(f"hf:{moved}", "text").name == text.name
    other = clip_folder(tmp_path / "other" / "clip", seed=2)
    assert open_encoder(f"hf:{other}", "text").name != text.name


def test_weights_as_pickles_are_refused(tmp_path: Path, folders: dict[str, Path]) -> None:
    folder = shutil.copytree(folders["clip"], tmp_path / "clip")
    state = transformers.AutoModel.from_pretrained(folder).state_dict()
    torch.save(state, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(Unavailable, match="safetensors"):
        open_encoder(f"hf:{folder}", "text").encode(["scarf"])


def test_a_model_of_texts_alone_is_refused_with_where_it_fits(
    tmp_path: Path, words_file: Any
) -> None:
    tokenizer = words_file(tmp_path)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    transformers.BertModel(config).save_pretrained(tmp_path)
    with pytest.raises(BadSettings, match="write sentence-transformers:NAME"):
        open_encoder(f"hf:{tmp_path}", "text").encode(["scarf"])


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="give the path of a folder"):
        open_encoder(f"hf:{tmp_path}", "image").encode([b"x"])
