"""Models of order: what came before tells what comes next.

Each carries its settings as ``Config``: ``SasRec(SasRec.Config(width=32))``. They need
torch to learn (the extra ``train``), and neither torch nor this room to serve.
"""

from typing import TYPE_CHECKING, Any

from zhiyin.core import extra

if TYPE_CHECKING:
    from zhiyin.models.sequential.sasrec import SasRec

__all__ = ["SasRec"]


def __getattr__(name: str) -> Any:
    if name != "SasRec":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with extra("train", "SASRec"):
        from zhiyin.models.sequential.sasrec import SasRec

    return SasRec
