"""The network as an ONNX graph: pieces in, one vector out, served without torch.

``tokens`` (B, T) to ``vectors`` (B, D): rows of equal length, so nothing is filled up, and a
text's vector does not depend on its company.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from zhiyin.pretrain.language.network import Reader


def write_graph(reader: Reader, file: Path, longest: int) -> None:
    """Write the graph of a reader that is on the CPU and in evaluation."""
    # Traced with plain products: what a GPU's fused attention does has no name in ONNX.
    reader.network.set_attn_implementation("eager")
    tokens = torch.full((2, 6), reader.pad + 1)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("pieces", max=longest)}
    with _quiet():
        found = torch.onnx.export(
            _Served(reader),
            (tokens,),
            dynamo=True,
            dynamic_shapes={"tokens": sizes},
            input_names=["tokens"],
            output_names=["vectors"],
            verbose=False,
        )
    if found is None:
        raise RuntimeError("torch.onnx.export gave nothing")
    file.write_bytes(found.model_proto.SerializeToString())


class _Served(nn.Module):
    """All that is served: no head, and no filling."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.body = reader.network.base_model

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) → (B, D)."""
        found = self.body(input_ids=tokens, attention_mask=torch.ones_like(tokens))
        rows: Tensor = found.last_hidden_state
        return rows.mean(dim=1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what torch tells on the way of torchvision and of its own old names."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
