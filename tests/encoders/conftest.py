"""Tiny networks with random weights, written as folders that the libraries read."""

import json
import string
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

WORDS = ("red", "blue", "silk", "scarf", "cup", "tea", "dragon", "cloud", "of", "the", "丝", "龙")


@pytest.fixture(scope="session")
def pictures() -> tuple[tuple[bytes, bytes], ...]:
    """Pairs of pictures of the same thing, as PNG and as a good JPEG."""

    def drawn(number: int) -> Image.Image:
        image = Image.new("RGB", (96, 96), ("white", "navy", "olive")[number])
        pen = ImageDraw.Draw(image)
        if number == 0:
            pen.ellipse((10, 10, 80, 80), fill="red")
        elif number == 1:
            pen.rectangle((30, 5, 60, 90), fill="yellow")
        else:
            for x in range(0, 96, 12):
                pen.line((x, 0, x, 95), fill="black", width=4)
        return image

    def stored(image: Image.Image, form: str, **options: Any) -> bytes:
        target = BytesIO()
        image.save(target, form, **options)
        return target.getvalue()

    return tuple((stored(drawn(n), "PNG"), stored(drawn(n), "JPEG", quality=98)) for n in range(3))


@pytest.fixture(scope="session")
def clip_folder() -> Callable[..., Path]:
    """Writes a tiny CLIP, SigLIP or Chinese-CLIP: folder, seed of the weights, kind."""
    return _clip_folder


@pytest.fixture(scope="session")
def words_file() -> Callable[[Path], Any]:
    """Writes a tokeniser of a few words and all letters into a folder."""
    return _words_file


def _words_file(folder: Path) -> Any:
    transformers = pytest.importorskip("transformers")
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    known += [f"##{letter}" for letter in letters]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(known)) + "\n", encoding="utf-8")
    return transformers.BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=40)


def _clip_folder(folder: Path, seed: int = 1, kind: str = "clip") -> Path:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizer = _words_file(folder)
    torch.manual_seed(seed)
    size: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }
    text = {**size, "vocab_size": len(tokenizer), "max_position_embeddings": 40}
    vision = {**size, "image_size": 32, "patch_size": 8}
    ends = {"bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
    if kind == "clip":
        config = transformers.CLIPConfig(
            text_config={**text, **ends}, vision_config=vision, projection_dim=24
        )
        network = transformers.CLIPModel(config)
    elif kind == "siglip":
        config = transformers.SiglipConfig(text_config={**text, **ends}, vision_config=vision)
        network = transformers.SiglipModel(config)
    else:
        config = transformers.ChineseCLIPConfig(
            text_config={**text, "pad_token_id": 0}, vision_config=vision, projection_dim=24
        )
        network = transformers.ChineseCLIPModel(config)
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    form = {"siglip": "Siglip", "clip": "CLIP", "chinese": "ChineseCLIP"}[kind]
    processor = {
        "image_processor_type": f"{form}ImageProcessor",
        "do_resize": True,
        "size": {"height": 32, "width": 32},
        "do_center_crop": False,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder
