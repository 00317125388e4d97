"""An alignment as it is kept and used."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zhiyin.core import BadRequest, Damaged, derive
from zhiyin.pretrain.align import Alignment, Facts
from zhiyin.pretrain.align.heads import Bend, Head

RNG = derive(1, "alignment")


def floats(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


@pytest.fixture
def made() -> Alignment:
    bend = Bend(floats(3, 6), floats(6), floats(6, 3))
    facts = Facts(method="contrastive", settings={"width": 3}, encoders={"text": "用"}, pairs=9)
    return Alignment(Head(floats(5), floats(5, 3), bend), Head(floats(7), floats(7, 3)), facts)


def test_what_is_loaded_is_what_was_saved(made: Alignment, tmp_path: Path) -> None:
    made.save(tmp_path)
    again = Alignment.load(tmp_path)
    assert again.facts == made.facts
    for modality, width in (("text", 5), ("image", 7)):
        rows = floats(4, width)
        np.testing.assert_array_equal(again.project(modality, rows), made.project(modality, rows))


@pytest.mark.parametrize("name", ["alignment.json", "text-matrix.npy", "image-mean.npy"])
def test_a_file_that_is_cut_short_or_gone_is_told_as_damage(
    made: Alignment, tmp_path: Path, name: str
) -> None:
    made.save(tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match="run zhiyin pretrain again"):
        Alignment.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(Damaged):
        Alignment.load(tmp_path)


def test_a_pickle_in_the_place_of_an_array_is_not_read(made: Alignment, tmp_path: Path) -> None:
    made.save(tmp_path)
    np.save(tmp_path / "text-mean.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(Damaged):
        Alignment.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"format": 99}, {"heads": {"text": ["mean"], "image": []}}, {"facts": {"wrong": 1}}],
)
def test_a_head_of_file_that_says_otherwise_is_refused(
    made: Alignment, tmp_path: Path, change: dict[str, object]
) -> None:
    made.save(tmp_path)
    file = tmp_path / "alignment.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **change}), "utf-8")
    with pytest.raises(Damaged):
        Alignment.load(tmp_path)


def test_vectors_of_another_encoder_are_refused_by_their_width(made: Alignment) -> None:
    with pytest.raises(BadRequest, match="the alignment takes 5"):
        made.project("text", floats(2, 6))
    with pytest.raises(BadRequest, match="no modality 'sound'") as error:
        made.project("sound", floats(2, 5))
    assert "没有对齐模态" in error.value.text("zh")


def test_heads_into_different_spaces_are_no_alignment() -> None:
    with pytest.raises(ValueError, match="different width"):
        Alignment(Head(floats(5), floats(5, 3)), Head(floats(5), floats(5, 4)), Facts(method="x"))


def test_to_use_one_takes_no_torch(made: Alignment, tmp_path: Path) -> None:
    made.save(tmp_path)
    code = f"""
import sys, numpy as np
from pathlib import Path
from zhiyin.pretrain.align import Alignment
found = Alignment.load(Path({str(tmp_path)!r})).project("image", np.ones((2, 7), np.float32))
assert np.isfinite(found).all()
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
