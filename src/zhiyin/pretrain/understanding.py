"""Understanding: what pretraining knows of a shop's goods, read by memory map.

On disk: ``understanding.json`` says which encoders, ``items.json`` the ids in order;
for each modality ``<m>.npy`` holds the vectors (float16, a row of NaN: the item has none),
``<m>.turn.npy`` the whitening, ``<m>.starts.npy``, ``<m>.near.npy`` and ``<m>.cosines.npy``
the graph; where the modalities share a space, ``<m>.joint.npy`` the
vectors in it and ``alignment/`` the way there. No pickle.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError
from scipy.sparse import csr_array

from zhiyin.core import Config, Damaged
from zhiyin.pretrain.align import Alignment
from zhiyin.pretrain.whitening import Whitening

Floats = npt.NDArray[np.float32]
FORMAT = 1
ALIGNMENT = "alignment"
_HEAD, _ITEMS = "understanding.json", "items.json"


class Facts(Config):
    """What an understanding is of, and what made it."""

    format: int = FORMAT
    encoders: dict[str, str]
    """Modality → name of the encoder that the goods were described by."""
    silent: dict[str, str] = {}
    """The same of modalities in which no item had anything to describe."""
    catalogue: int
    """Number of the newest change of the catalogue that is in it."""
    aligned: bool = False
    """Whether the modalities share a space."""


class Understanding:
    """The goods as vectors and neighbours, and how new content gets among them."""

    def __init__(self, folder: Path, version: str) -> None:
        """Read ``folder``; vectors stay on disk until they are looked at.

        Args:
            version: What the artifact is called.

        Raises:
            Damaged: A file is missing, cut short, or not what was written.
        """
        self.version = version
        self._folder = folder
        with _damage(folder):
            self.facts = Facts.model_validate_json((folder / _HEAD).read_bytes())
            if self.facts.format != FORMAT:
                raise ValueError(f"format {self.facts.format} is newer than this version reads")
            self.ids: tuple[str, ...] = tuple(json.loads((folder / _ITEMS).read_bytes()))
            self._whitening = {name: Whitening.opened(folder, name) for name in self.modalities}
            self._vectors = {name: self._rows(f"{name}.npy") for name in self.modalities}
            joint = self.modalities if self.facts.aligned else ()
            self._joint = {name: self._rows(f"{name}.joint.npy") for name in joint}
        self.alignment: Alignment | None = (
            Alignment.load(folder / ALIGNMENT) if self.facts.aligned else None
        )
        """The space that words and pictures share; None: there is none."""

    @property
    def modalities(self) -> tuple[str, ...]:
        """The names under which something is known: "text", "image"."""
        return tuple(sorted(self.facts.encoders))

    def vectors(self, modality: str) -> npt.NDArray[np.float16]:
        """(I, W) float16, in the order of ``ids``; rows of length 1, or of NaN."""
        return self._vectors[modality]

    def joint(self, modality: str) -> npt.NDArray[np.float16] | None:
        """(I, d) float16, in the space that the modalities share; None where there is none."""
        return self._joint.get(modality)

    def project(self, modality: str, raw: Floats) -> Floats:
        """(N, W) an encoder's vectors (N, D), comparable with ``vectors``."""
        return self._whitening[modality](raw)

    def graph(self, modality: str) -> csr_array:
        """(I, I) the cosines of the items nearest to each, itself left out."""
        with _damage(self._folder):
            starts, near, cosines = (
                _array(self._folder / f"{modality}.{part}.npy", kind, 1)
                for part, kind in (("starts", "i"), ("near", "i"), ("cosines", "f"))
            )
            size = len(self.ids)
            found = csr_array((cosines, near, starts), shape=(size, size))
            found.check_format(full_check=True)
            return found

    def _rows(self, name: str) -> npt.NDArray[np.float16]:
        found = _array(self._folder / name, "f", 2)
        if len(found) != len(self.ids):
            raise ValueError(f"{name} has {len(found)} rows for {len(self.ids)} items")
        return found


def write_head(folder: Path, facts: Facts, ids: Sequence[str]) -> None:
    """Write what an understanding is of."""
    (folder / _HEAD).write_text(facts.model_dump_json(indent=2), encoding="utf-8")
    (folder / _ITEMS).write_text(json.dumps([*ids], ensure_ascii=False), encoding="utf-8")


def write_rows(folder: Path, name: str, blocks: Iterator[Floats], shape: tuple[int, int]) -> None:
    """Write ``name.npy``, some rows at a time."""
    rows = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.float16, shape)
    start = 0
    for block in blocks:
        rows[start : start + len(block)] = block
        start += len(block)
    rows.flush()


def write_graph(folder: Path, modality: str, graph: csr_array) -> None:
    """Write the three arrays of a graph."""
    arrays: Mapping[str, npt.NDArray[Any]] = {
        "starts": graph.indptr.astype(np.int64),
        "near": graph.indices.astype(np.int32),
        "cosines": graph.data.astype(np.float32),
    }
    for name, array in arrays.items():
        np.save(folder / f"{modality}.{name}.npy", array, allow_pickle=False)


def _array(file: Path, kind: str, axes: int) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    if found.dtype.kind != kind or found.ndim != axes:
        raise ValueError(f"{file.name} holds {found.dtype} of shape {found.shape}")
    return found


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Whatever cannot be read in this block is told as a damaged folder."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError, ValidationError) as error:
        raise Damaged(
            what=str(folder),
            problem=str(error) or type(error).__name__,
            remedy="run zhiyin pretrain again",
            remedy_zh="请重新运行 zhiyin pretrain",
        ) from error
