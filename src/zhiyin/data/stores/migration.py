"""Bring a database up to the tables of this version, once, however many ask at a time."""

from importlib import import_module
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, inspect

from zhiyin.core import Unavailable, get_logger
from zhiyin.data.stores.database import Database

log = get_logger(__name__)

VERSION_TABLE = "zhiyin_version"
_FOLDER = Path(__file__).parent / "migrations"
_STEPS = sorted(file.name[1:5] for file in (_FOLDER / "versions").glob("v[0-9]*.py"))
# Alembic keeps the running migration in module globals: one thread at a time.
_ONE_AT_A_TIME = Lock()


def migrate(database: Database) -> None:
    """Run the steps that ``database`` lacks; refuse one that is newer than this code."""
    with database.reading() as connection:
        done = _version(connection)
    if done != _STEPS[-1]:
        with _ONE_AT_A_TIME, database.writing() as connection:
            database.backend.lock_schema(connection)
            # Whoever waited for the lock finds the work done.
            done = _version(connection)
            if done != _STEPS[-1]:
                _upgrade(database, connection, done)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    return None if found is None else str(found)


def _upgrade(database: Database, connection: Connection, done: str | None) -> None:
    if done is not None and done not in _STEPS:
        raise Unavailable(
            what=database.name,
            problem=f"its tables are of version {done}, this zhiyin knows up to {_STEPS[-1]}",
            problem_zh=f"表的版本是 {done}，此版 zhiyin 只认识到 {_STEPS[-1]}",
            remedy="update zhiyin: pip install -U zhiyin",
            remedy_zh="请更新 zhiyin：pip install -U zhiyin",
        )
    # Half a second that an up-to-date database never pays.
    command, config = import_module("alembic.command"), import_module("alembic.config")
    setup = config.Config()
    setup.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    setup.set_main_option("path_separator", "os")
    setup.attributes.update(connection=connection, version_table=VERSION_TABLE)
    command.upgrade(setup, "head")
    log.info("tables made", store=database.name, before=done, now=_STEPS[-1])
