"""Encoders by name: which word opens which, and what is said of a word that opens none."""

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

from zhiyin.core import BadSettings, Modality, Unavailable
from zhiyin.encoders import ImageEncoder, TextEncoder, open_encoder


def test_what_comes_along_is_opened_by_its_word() -> None:
    assert isinstance(open_encoder("use", "text"), TextEncoder)
    assert isinstance(open_encoder("efficientnet", "image"), ImageEncoder)


@pytest.mark.parametrize(
    ("name", "modality"),
    [
        ("use", "image"),
        ("efficientnet", "text"),
        ("sentence-transformers:x", "image"),
        ("https://host/v1#m", "image"),
    ],
)
def test_an_encoder_of_the_other_kind_is_refused(name: str, modality: Modality) -> None:
    with pytest.raises(BadSettings, match="it does not encode") as error:
        open_encoder(name, modality)
    assert "它不能编码" in error.value.text("zh")


def test_an_unknown_word_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadSettings, match=r"no encoder 'word2vec'.*use, efficientnet"):
        open_encoder("word2vec", "text")


def test_a_password_in_a_refused_name_is_not_told() -> None:
    with pytest.raises(BadSettings) as error:
        open_encoder("https://me:secret@host/v1#m", "image")
    assert "secret" not in str(error.value)


MISSING = {
    # The heavy libraries last: one process imports them once.
    "torch hf:x": "encoders",
    "sentence_transformers sentence-transformers:x": "encoders",
    "open_clip open-clip:a:b": "open-clip",
    "cn_clip cn-clip:ViT-B-16": "cn-clip",
    "transformers hf:x": "encoders",
}
OPEN_WITHOUT = """
import sys
from zhiyin.core import Unavailable
from zhiyin.encoders import open_encoder
for case in sys.argv[1:]:
    missing, name = case.split()
    sys.modules[missing] = None
    try:
        open_encoder(name, "text")
    except Unavailable as error:
        print(error)
    del sys.modules[missing]
"""


def test_a_missing_extra_is_one_sentence_with_its_command() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPEN_WITHOUT, *MISSING], capture_output=True, text=True, timeout=120
    )
    told = done.stdout.splitlines()
    assert len(told) == len(MISSING), done.stderr
    for line, (case, name) in zip(told, MISSING.items(), strict=True):
        missing, place = case.split()
        assert line.startswith(place)
        assert f"{missing} is not installed" in line
        assert line.endswith(f"pip install 'zhiyin[{name}]'")


def test_libraries_that_do_not_fit_each_other_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = "operator torchvision::nms does not exist"
    (tmp_path / "open_clip.py").write_text(f"raise RuntimeError({trouble!r})")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("open_clip", "zhiyin.encoders.openclip"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(Unavailable, match=f"{trouble}; .*do not fit each other"):
        open_encoder("open-clip:a:b", "text")


def test_a_plugin_is_found_by_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("ours", "tests_plugin:opened", "zhiyin.encoders")
    asked = []

    def opened(place: str, modality: Modality) -> Any:
        asked.append((place, modality))
        return TextEncoder() if modality == "text" else None

    monkeypatch.setattr(EntryPoint, "load", lambda self: opened)
    monkeypatch.setattr(
        "zhiyin.encoders.opening.entry_points",
        lambda **wanted: EntryPoints([entry]).select(**wanted),
    )
    assert isinstance(open_encoder("ours:some/model:v2", "text"), TextEncoder)
    with pytest.raises(BadSettings, match="does not encode pictures"):
        open_encoder("ours:x", "image")
    assert asked == [("some/model:v2", "text"), ("x", "image")]
    with pytest.raises(BadSettings, match="no encoder 'others'"):
        open_encoder("others:x", "text")


def test_opening_the_light_ones_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom zhiyin.encoders import open_encoder\n"
        "open_encoder('use', 'text'), open_encoder('efficientnet', 'image')\n"
        "open_encoder('https://host/v1#m', 'text')\n"
        "print(*[n for n in ('torch', 'transformers', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hf:no/such-model", "sentence-transformers:no/such-model"])
def test_a_model_that_is_not_there_is_told_with_what_to_do(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sentence_transformers")
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub.constants, "HF_HUB_OFFLINE", True)
    encoder = open_encoder(name, "text")
    with pytest.raises(Unavailable, match="without a network, give the path"):
        encoder.encode(["scarf"])
