"""What every test may lean on: no network but loopback, and no settings from outside."""

import os
import socket
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy.engine import make_url

# Before numpy and torch are loaded: on a busy machine the threads of tiny products wait for
# each other longer than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A slow machine is no failure; in CI the same examples are drawn each time.
settings.register_profile("zhiyin", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("zhiyin")

POSTGRES = os.environ.get("ZHIYIN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
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


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an empty schema of its own, dropped afterwards."""
    psycopg = pytest.importorskip("psycopg", reason="no psycopg")
    name = f"zhiyin_test_{uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no Postgres answers; set ZHIYIN_TEST_POSTGRES")
    with connection:
        connection.execute(f"CREATE SCHEMA {name}")
        url = make_url(POSTGRES).update_query_dict(
            {"options": f"-csearch_path={name}", "application_name": name}
        )
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP SCHEMA {name} CASCADE")
    connection.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where ZHIYIN_TEST_REQUIRE names a server, skipping its tests is a failure."""
    required = [n for n in os.environ.get("ZHIYIN_TEST_REQUIRE", "").split(",") if n]
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for name in required:
        # A file that is skipped whole is a report without keywords.
        skipped = [
            r for r in reporter.stats.get("skipped", []) if name in getattr(r, "keywords", ())
        ]
        ran = [r for r in reporter.stats.get("passed", []) if name in r.keywords]
        if skipped or not ran:
            reporter.write_line(f"{name}: {len(ran)} ran, {len(skipped)} skipped; all must run")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
