"""Where things are computed: the device that is wanted, and batches moved onto it."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


def device(wanted: str) -> torch.device:
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(wanted)


def tensors(batch: Any, device: torch.device) -> Any:
    """The same nesting, with tensors on the device where arrays were."""
    if isinstance(batch, np.ndarray):
        return torch.from_numpy(batch).to(device)
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {name: tensors(part, device) for name, part in batch.items()}
    if isinstance(batch, tuple | list):
        return tuple(tensors(part, device) for part in batch)
    return batch
