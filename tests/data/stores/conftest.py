"""Databases for the tests of stores: a folder of files, and a schema of Postgres each."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

SERVER = os.environ.get("ZHIYIN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an empty schema of its own, dropped afterwards."""
    psycopg = pytest.importorskip("psycopg", reason="no psycopg")
    name = f"zhiyin_test_{uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no Postgres answers; set ZHIYIN_TEST_POSTGRES")
    with connection:
        connection.execute(f"CREATE SCHEMA {name}")
        url = make_url(SERVER).update_query_dict(
            {"options": f"-csearch_path={name}", "application_name": name}
        )
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP SCHEMA {name} CASCADE")
    connection.close()
