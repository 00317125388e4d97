"""What every test may lean on: no network but loopback, and no settings from outside."""

import os
import socket
from typing import Any

import pytest

_LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOCAL:
            raise RuntimeError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own ZHIYIN_… variables do not change what a test sees."""
    for name in list(os.environ):
        if name.startswith("ZHIYIN_") and not name.startswith("ZHIYIN_TEST_"):
            monkeypatch.delenv(name)
