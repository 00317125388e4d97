"""Checkpoints: one file of plain arrays and a little JSON, replaced in one step, no pickle.

``weights/…``, ``best/…`` and ``average/…`` hold what their names say by parameter,
``adam/<n>/…`` the optimiser's state of the n-th parameter, ``state`` the rest as JSON.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from zhiyin.core import Damaged

Tensors = dict[str, Tensor]


@dataclass(slots=True)
class Checkpoint:
    """Everything that the next epoch depends on; whose it is, is in ``key``."""

    key: str
    state: dict[str, Any]
    groups: dict[str, Tensors] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Whole or not at all: a process that is killed leaves the older file."""
        arrays: dict[str, npt.NDArray[Any]] = {
            f"{group}/{name}": tensor.detach().cpu().numpy()
            for group, tensors in self.groups.items()
            for name, tensor in tensors.items()
        }
        text = json.dumps({"format": 1, "key": self.key, **self.state})
        arrays["state"] = np.frombuffer(text.encode(), np.uint8)
        part = file.with_name(f"{file.name}.part")
        with part.open("wb") as out:
            np.savez(out, allow_pickle=False, **arrays)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)

    @classmethod
    def read(cls, file: Path) -> "Checkpoint":
        """What ``write`` wrote; raises Damaged for anything else."""
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
                state = json.loads(arrays["state"].tobytes())
                if state.pop("format") != 1:
                    raise ValueError("a newer version wrote it")
                groups: dict[str, Tensors] = {}
                for name in arrays.files:
                    group, _, rest = name.partition("/")
                    if rest:
                        groups.setdefault(group, {})[rest] = torch.from_numpy(arrays[name])
                return cls(str(state.pop("key")), state, groups)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise Damaged(
                what=str(file),
                problem=str(error) or type(error).__name__,
                remedy="delete it, and training starts afresh",
            ) from error


def flat(state: Mapping[int, Mapping[str, Tensor]]) -> Tensors:
    """The optimiser's state of each parameter under names of their own."""
    return {f"{n}/{name}": value for n, each in state.items() for name, value in each.items()}


def nested(tensors: Tensors) -> dict[int, Tensors]:
    """The inverse of ``flat``."""
    found: dict[int, Tensors] = {}
    for key, value in tensors.items():
        number, _, name = key.partition("/")
        found.setdefault(int(number), {})[name] = value
    return found
