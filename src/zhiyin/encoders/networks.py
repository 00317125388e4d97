"""What all torch networks share here: the machine they run on, and a name for their weights."""

import hashlib
from pathlib import Path

import torch


def machine() -> str:
    """A GPU where there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def named(scheme: str, network: torch.nn.Module, *parts: str) -> str:
    """``scheme:parts#hash``: other weights, other name; of a path only its last part.

    So a folder may be moved, and a checkpoint that is replaced under its old name is
    noticed: vectors of different weights cannot be compared.
    """
    digest = hashlib.sha256()
    for key, values in sorted(network.state_dict().items()):
        if isinstance(values, torch.Tensor):
            digest.update(f"{key} {values.dtype} {tuple(values.shape)}".encode())
            flat = values.detach().cpu().contiguous().flatten()
            digest.update(flat.view(torch.uint8).numpy().data)
    own = [Path(part).name if Path(part).exists() else part for part in parts]
    return f"{scheme}:{':'.join(own)}#{digest.hexdigest()[:12]}"
