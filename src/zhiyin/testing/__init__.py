"""Contracts that adapters must keep, as tests to inherit: for us and for plugin authors.

Subclass a suite, give the one fixture that it names, and pytest runs every check against
your implementation. Needs pytest and hypothesis: ``pip install 'zhiyin[dev]'``.
"""

import pytest

pytest.register_assert_rewrite(
    "zhiyin.testing.encoders",
    "zhiyin.testing.index",
    "zhiyin.testing.models",
    "zhiyin.testing.stores",
)

from zhiyin.testing.encoders import EncoderContract  # noqa: E402 - only now are asserts rewritten
from zhiyin.testing.index import IndexContract  # noqa: E402
from zhiyin.testing.models import ModelContract  # noqa: E402
from zhiyin.testing.stores import StoreContract  # noqa: E402
from zhiyin.testing.worlds import described, two_tribes, world  # noqa: E402

__all__ = [
    "EncoderContract",
    "IndexContract",
    "ModelContract",
    "StoreContract",
    "described",
    "two_tribes",
    "world",
]
