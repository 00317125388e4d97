"""Alignment: one space for pictures and words, as it is kept and used; no torch.

    alignment.project("text", encoder.encode(["a blue shirt"]).vectors)    (1, d)
    alignment.project("image", rows)                                       (N, d)

are comparable by inner product. On disk: ``alignment.json`` says how it was learnt,
``<modality>-<array>.npy`` hold the heads; no pickle.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from zhiyin.core import BadRequest, Config, Damaged
from zhiyin.pretrain.align.heads import Head
from zhiyin.pretrain.align.moments import Floats

FORMAT = 1
MODALITIES = ("text", "image")
_FILE = "alignment.json"


class Facts(Config):
    """How an alignment was learnt, and how good it is."""

    method: str
    """What was kept: "identity", "cca", "ridge to text", "ridge to image" or "contrastive"."""
    settings: dict[str, float | int | bool | str] = {}
    """Its settings, as they were chosen on the valid pairs."""
    encoders: dict[str, str] = {}
    """Modality → name of the encoder whose vectors it takes."""
    pairs: int = 0
    """How many pairs it was learnt from, valid ones apart."""
    valid_pairs: int = 0
    """How many pairs judged it."""
    tried: dict[str, dict[str, float]] = {}
    """Method → recall, median rank and mean reciprocal rank on the valid pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A head for pictures and one for words, into one space."""

    text: Head
    image: Head
    facts: Facts

    def __post_init__(self) -> None:
        if self.text.matrix.shape[1] != self.image.matrix.shape[1]:
            raise ValueError("the two heads end in spaces of different width")

    @property
    def width(self) -> int:
        """d, the length of a vector of the shared space."""
        return int(self.text.matrix.shape[1])

    def project(self, modality: str, raw: Floats) -> Floats:
        """(N, d) rows of length 1 from an encoder's (N, D); what is NaN stays NaN.

        Regions of a picture and words of a text are taken the same way.
        """
        if modality not in MODALITIES:
            raise BadRequest(
                what=f"no modality {modality!r} is aligned",
                what_zh=f"没有对齐模态 {modality!r}",
                remedy=f"use one of: {', '.join(MODALITIES)}",
                remedy_zh=f"可用：{', '.join(MODALITIES)}",
            )
        head = self.text if modality == "text" else self.image
        if raw.ndim != 2 or raw.shape[1] != len(head.mean):
            raise BadRequest(
                what=f"{modality} vectors are {raw.shape}, the alignment takes {len(head.mean)}",
                what_zh=f"{modality} 向量为 {raw.shape}，对齐需要宽度 {len(head.mean)}",
                remedy="use the encoder it was learnt with, or run zhiyin pretrain again",
                remedy_zh="请使用学习时的编码器，或重新运行 zhiyin pretrain",
            )
        return head(raw)

    def save(self, folder: Path) -> None:
        """Write into an existing folder."""
        heads = {"text": self.text.arrays(), "image": self.image.arrays()}
        head = {
            "format": FORMAT,
            "heads": {name: [*arrays] for name, arrays in heads.items()},
            "facts": self.facts.model_dump(),
        }
        text = json.dumps(head, indent=2, ensure_ascii=False)
        (folder / _FILE).write_text(text, encoding="utf-8")
        for name, arrays in heads.items():
            for part, array in arrays.items():
                np.save(folder / f"{name}-{part}.npy", array, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> "Alignment":
        """Read what ``save`` wrote.

        Raises:
            Damaged: A file is missing, cut short, or not what was written.
        """
        try:
            head = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            if head["format"] != FORMAT:
                raise ValueError(f"format {head['format']} is newer than this version reads")
            heads = {name: _head(folder, name, head["heads"]) for name in MODALITIES}
            return cls(heads["text"], heads["image"], Facts.model_validate(head["facts"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, ValidationError) as error:
            raise Damaged(
                what=str(folder),
                problem=str(error) or type(error).__name__,
                remedy="run zhiyin pretrain again",
                remedy_zh="请重新运行 zhiyin pretrain",
            ) from error


def _head(folder: Path, modality: str, parts: Mapping[str, list[str]]) -> Head:
    # Names of parts come from a file: only those that a head has are ever opened.
    names = [
        part for part in ("mean", "matrix", "inner", "bias", "outer") if part in parts[modality]
    ]
    arrays: dict[str, Floats] = {part: _array(folder / f"{modality}-{part}.npy") for part in names}
    return Head.of(arrays)


def _array(file: Path) -> Floats:
    array = np.load(file, allow_pickle=False)
    if array.dtype != np.float32:
        raise ValueError(f"{file.name} holds {array.dtype}")
    found: Floats = array
    return found
