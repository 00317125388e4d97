"""The doors: every verb is there in Python, in the terminal and over HTTP, by the same name."""

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import zhiyin
from zhiyin import app as front
from zhiyin.app import Shop
from zhiyin.cli import app as terminal
from zhiyin.service import make_service

# verb -> what says it in Python. The terminal says it by the verb itself.
VERBS: dict[str, Callable[..., Any]] = {
    "init": front.create_shop,
    "ingest": Shop.ingest,
    "import": Shop.import_from,
    "pretrain": Shop.pretrain,
    "fit": Shop.fit,
    "evaluate": Shop.evaluate,
    "promote": Shop.promote,
    "rollback": Shop.rollback,
    "recommend": Shop.recommend,
    "search": Shop.search,
    "suggest": Shop.suggest,
    "doctor": front.examine,
    "demo": front.make_demo,
}
# verb -> the route that carries it, or why there is none (yet).
HTTP: dict[str, tuple[str, str] | str] = {
    "init": "makes a folder on the server's disk; whoever runs the service does that",
    "ingest": ("post", "/v1/events"),
    "import": "reads files of the server's disk",
    "pretrain": "runs come with the rest of the service",
    "fit": "runs come with the rest of the service",
    "evaluate": "runs come with the rest of the service",
    "promote": ("post", "/v1/live"),
    "rollback": ("post", "/v1/live/rollback"),
    "recommend": ("post", "/v1/recommend"),
    "search": ("post", "/v1/search"),
    "suggest": ("get", "/v1/suggest"),
    "doctor": "tells of the machine; /health, /ready and /metrics are for callers",
    "demo": "makes a shop on the server's disk",
}
# Only shows what ``Shop.artifacts`` holds; starts the HTTP door.
LISTINGS, OTHER_DOOR = {"artifacts"}, {"serve"}
# The library is handed objects; a terminal has only files.
PYTHON_ONLY = {
    "add_items",
    "add_events",
    "close",
    "dataset",
    "delete",
    "importers",
    "items",
    "live",
    "understanding",
    "patch",
    "take",
}
COMMANDS = {str(command.name): command for command in terminal.registered_commands}


def test_the_terminal_has_every_verb_and_no_other() -> None:
    assert set(COMMANDS) == set(VERBS) | LISTINGS | OTHER_DOOR


def test_every_verb_has_a_route_or_a_reason(tmp_path: Path) -> None:
    front.create_shop(tmp_path, store="memory://")
    with front.open_shop(tmp_path) as shop:
        paths = make_service([shop]).openapi()["paths"]
    assert set(HTTP) == set(VERBS)
    routes = [route for route in HTTP.values() if isinstance(route, tuple)]
    assert [route for route in routes if route[0] not in paths.get(route[1], {})] == []


def test_a_shop_has_every_verb_and_no_other() -> None:
    ours = {name for name, _ in inspect.getmembers(Shop, callable) if not name.startswith("_")}
    verbs = {verb.__name__ for verb in VERBS.values() if "." in verb.__qualname__}
    assert ours == verbs | PYTHON_ONLY


def test_the_front_door_has_every_verb_that_needs_no_shop() -> None:
    functions = {name for name in front.__all__ if inspect.isfunction(getattr(front, name))}
    verbs = {verb.__name__ for verb in VERBS.values() if "." not in verb.__qualname__}
    assert functions == verbs | {"open_shop", "draw_contact_sheet"}


def test_the_package_opens_the_front_door() -> None:
    for name in zhiyin.__all__:
        assert getattr(zhiyin, name) is getattr(front, name)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_is_explained_at_both_doors(verb: str) -> None:
    assert VERBS[verb].__doc__
    assert COMMANDS[verb].help


# What a person says in a terminal and a program says in Python, where the words differ.
SAID_OTHERWISE = {
    "into": "into",
    "no_header": "words",
    "columns": "words",
    "map": "words",
    "kind": "words",
    "constant": "words",
    "format": "words",
    "encoding": "words",
    "delimiter": "words",
    "timezone": "words",
    "afresh": "resume",
}
TERMINAL_ONLY = {"shop", "as_json", "why", "once", "port", "contact_sheet", "page"}


@pytest.mark.parametrize(
    "verb", ["ingest", "recommend", "search", "suggest", "demo", "pretrain", "fit", "evaluate"]
)
def test_what_can_be_said_in_the_terminal_can_be_said_in_python(verb: str) -> None:
    command = COMMANDS[verb].callback
    assert command is not None
    given = set(inspect.signature(command).parameters) - TERMINAL_ONLY
    known = set(inspect.signature(VERBS[verb]).parameters)
    assert {SAID_OTHERWISE.get(name, name) for name in given} <= known


def flags() -> set[str]:
    """Every flag of the terminal, such as ``--shop``."""

    def commands(group: Any) -> Iterator[Any]:
        yield group
        for command in getattr(group, "commands", {}).values():
            yield from commands(command)

    all_of_them = commands(get_command(terminal))
    return {"--help"} | {flag for each in all_of_them for p in each.params for flag in p.opts}


def test_every_flag_that_a_message_names_is_there() -> None:
    source = Path(zhiyin.__file__).parent
    # Not what a style sheet calls its colours: "--ink: #222", "var(--ink)"; nor a flag of pip.
    flag_said = re.compile(r"(?<![\w(-])(?<!pip install )--[a-z][a-z-]+\b(?![-:])")
    named = {
        (file.relative_to(source).as_posix(), flag)
        for file in source.rglob("*.py")
        for flag in flag_said.findall(file.read_text(encoding="utf-8"))
    }
    assert {(file, flag) for file, flag in named if flag not in flags()} == set()
