"""A stream of contents, encoded batch by batch: memory for one batch, however long it is."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from zhiyin.core import SILENT, Encoded, Encoder, Progress, in_batches

K = TypeVar("K")


def encode_stream(
    encoder: Encoder,
    contents: Iterable[tuple[K, Any]],
    *,
    batch: int = 256,
    total: int | None = None,
    progress: Progress = SILENT,
) -> Iterator[tuple[list[K], Encoded]]:
    """Pairs of a key and a content, encoded; with each batch come its keys, in order.

    A content that is not there at all is given as "" or b"": its row is NaN. ``row`` of a
    trouble counts within its batch, so ``keys[trouble.row - 1]`` is whose it is.
    """
    with progress.step(f"encode {encoder.modality}", total, "items") as step:
        for pairs in in_batches(contents, batch):
            encoded = encoder.encode([content for _, content in pairs])
            step.advance(len(pairs))
            yield [key for key, _ in pairs], encoded
