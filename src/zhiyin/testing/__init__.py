"""Contracts that adapters must keep, as tests to inherit: for us and for plugin authors.

Subclass a suite, give the one fixture that it names, and pytest runs every check against
your implementation. Needs pytest and hypothesis: ``pip install 'zhiyin[dev]'``.
"""

import pytest

pytest.register_assert_rewrite("zhiyin.testing.stores")

from zhiyin.testing.stores import StoreContract  # noqa: E402 - only now are asserts rewritten

__all__ = ["StoreContract"]
