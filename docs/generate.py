"""Writes what pages take from the code and from measurements; ``--check`` compares.

docs/reference whole; the picture of the rooms; the numbers of the READMEs, of docs/papers.md
and docs/why/models.md. Needs what the tests need: benchmarks name the models they measure.
"""

import ast
import inspect
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ["ZHIYIN_LANG"] = "en"  # the terminal speaks the language of who runs this
sys.path.append(
    str(Path(__file__).parent.parent)
)  # for what the benchmarks know of the models they measure

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

import zhiyin.app as door
from cited import papers
from compared import tables
from measured import numbers
from understood import goods
from zhiyin.cli import app
from zhiyin.core import (
    DEFAULT_KINDS,
    SENTENCES,
    Config,
    KindSettings,
    Settings,
    ZhiyinError,
)
from zhiyin.core import errors as errors_file
from zhiyin.service import make_service
from zhiyin.service.manual import given, taken

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HEAD = "<!-- Written by docs/generate.py; change the code, then run `make format`. -->\n\n"
ARROWS = ROOT / "tests" / "test_architecture.py"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    return "see below" if isinstance(value, BaseModel | dict) else f"`{value}`"


def _fields(model: type[BaseModel], about: dict[str, str] | None = None) -> str:
    said = about or {}
    rows = [
        f"| `{name}` | {_default(field)} "
        f"| {' '.join((field.description or said[name]).replace('``', '`').split())} |"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(["| key | default | what it does |", "|---|---|---|", *rows])


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0]


def _half_life(days: float | None) -> str:
    return "–" if days is None else f"{days:g}"


def settings() -> str:
    """The page of every setting."""
    sections = {
        name: type(field.default)
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, Config)
    }
    about = {name: _first_line(section) for name, section in sections.items()}
    written = "\n\n".join(
        f"## `[{name}]`\n\n{about[name]}\n\n{_fields(section)}"
        for name, section in sections.items()
    )
    kinds = "\n".join(
        f"| `{name}` | {kind.weight:g} | {_half_life(kind.half_life_days)} | {kind.value} "
        f"| {kind.scale:g} |"
        for name, kind in DEFAULT_KINDS.items()
    )
    return f"""# Settings

A shop's `zhiyin.toml`; the environment wins, as in `ZHIYIN_STORE=…` or
`ZHIYIN_KINDS__BUY__WEIGHT=8` (two underscores go one level down; lists and tables may be given
as JSON). A key that does not exist is refused, with the nearest one that does. `ZHIYIN_SHOP` and
`ZHIYIN_LANG` are no settings of a shop: the terminal reads them as `--shop` and `--lang`.

{_fields(Settings, about)}

## `[kinds.NAME]`

{_fields(KindSettings)}

The kinds that exist without being declared:

| kind | weight | half-life, days | value | scale |
|---|--:|--:|---|--:|
{kinds}

{written}
"""


def _kinds_of_error(root: type[ZhiyinError]) -> list[type[ZhiyinError]]:
    return [root] + [each for child in root.__subclasses__() for each in _kinds_of_error(child)]


def _sentence(template: str) -> str:
    return re.sub(r"\{(\w+)(?:!r)?\}", r"‹\1›", template).replace("|", "\\|")


def errors() -> str:
    """The page of errors and refusals."""
    classes = "\n".join(
        f"| `{each.__name__}` | `{each.code}` | {_sentence(each.en)} | {_sentence(each.zh)} |"
        for each in _kinds_of_error(ZhiyinError)
        if each is not ZhiyinError
    )
    refusals = "\n".join(
        f"| `{code}` | {_sentence(english)} | {_sentence(chinese)} |"
        for code, (english, chinese) in SENTENCES.items()
    )
    tree = (errors_file.__doc__ or "").split("\n\n")[1]
    return f"""# Errors

Every error has a stable `code`, a sentence in English (`str(error)`) and Chinese
(`error.text("zh")`) that says what, which one and what to do next, and its parts in
`error.fields`. In the terminal a `BadRequest` ends with status 2, any other with 1.

```text
{tree}
```

Words in ‹› are filled in.

| class | code | English | 中文 |
|---|---|---|---|
{classes}

## Why a row is refused

A bad row never stops a batch; it is written to `rejects.jsonl` with its file, row, field and value.

| code | English | 中文 |
|---|---|---|
{refusals}
"""


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that is not hidden, by its whole name, such as "key create"."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name, command


def cli() -> str:
    """The page of every command with its options."""
    parts = ["# The terminal", "", "`zhiyin COMMAND --help` prints the same."]
    commands = dict(_commands(get_command(app)))
    links = [f"[{name}](#zhiyin-{name.replace(' ', '-')})" for name in commands]
    parts += ["", " · ".join(links)]
    parts += ["", "Before the command: `--lang en` or `--lang zh` (without it `ZHIYIN_LANG` or the"]
    parts += ["locale decides); `-v` tells what happens, `-vv` everything."]
    for name, command in commands.items():
        about = (command.help or "").split("\f")[0].strip()
        parts += ["", f"## zhiyin {name}", "", f"{about[:1].upper()}{about[1:]}.", ""]
        parts += ["| | |", "|---|---|"]
        for parameter in command.params:
            flags = dict.fromkeys([*parameter.opts, *parameter.secondary_opts])
            shown = ", ".join(f"`{flag}`" for flag in flags)
            if parameter.param_type_name == "argument":
                shown = f"`{(parameter.metavar or parameter.name or '').upper()}`"
            variable = getattr(parameter, "envvar", None)
            about = " ".join((getattr(parameter, "help", None) or "").split())
            parts.append(f"| {shown} | {about}{f'; or `{variable}`' if variable else ''} |")
    return "\n".join(parts) + "\n"


def http() -> str:
    """The page of every route, from the OpenAPI of a service."""
    with TemporaryDirectory() as folder:
        door.create_shop(folder, store="memory://")
        with door.open_shop(folder) as shop:
            told = make_service([shop]).openapi()
    parts = [
        "# HTTP",
        "",
        "Served by `zhiyin serve`; the same is at `/docs` of a running service, and",
    ]
    parts += ["as OpenAPI at `/openapi.json`. [How to start it, keys, limits](../how-to/serve.md)."]
    for path, verbs in told["paths"].items():
        for verb, operation in verbs.items():
            parts += ["", f"## {verb.upper()} {path}", ""]
            parts.append(f"{operation['summary']}. {operation.get('description', '')}".strip())
            parts += _table("takes", taken(operation, told))
            parts += _table("gives", given(operation, told))
    return "\n".join(parts) + "\n"


def _table(title: str, rows: list[tuple[str, str, str]]) -> list[str]:
    if not rows:
        return []
    cells = [f"| `{name}` | {kind} | {about} |".replace("``", "`") for name, kind, about in rows]
    return ["", f"| {title} | type | |", "|---|---|---|", *cells]


def _signature(name: str, thing: Callable[..., object]) -> str:
    """The head of a function as its source has it, with one argument a line if it is long."""
    if inspect.isclass(thing):
        return f"{name}({', '.join(inspect.signature(thing).parameters)})"
    source = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    assert isinstance(source, ast.FunctionDef)
    source.args.args = [each for each in source.args.args if each.arg != "self"]
    answer = ast.unparse(source.returns) if source.returns else "None"
    # Commas inside brackets belong to a type or a default.
    parts = re.split(r", (?![^\[(]*[\])])", ast.unparse(source.args))
    parts = [re.sub(r"^(\w+: .*?)=", r"\1 = ", part) for part in parts if part]
    line = f"{name}({', '.join(parts)}) -> {answer}"
    if len(line) <= 96:
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in parts), f") -> {answer}"])


def _entry(level: str, name: str, thing: Callable[..., object], shown: str) -> list[str]:
    first, _, rest = (inspect.getdoc(thing) or "").replace("``", "`").partition("\n\n")
    lines = [f"{level} {name}", "", "```text", _signature(shown, thing), "```", "", first, ""]
    return [*lines, "```text", rest, "```", ""] if rest.startswith("Args:") else [*lines, rest, ""]


def python() -> str:
    """The page of the Python door."""
    parts = ["# The Python door", "", "`zhiyin` and `zhiyin.app`, from their docstrings; "]
    parts[-1] += "[how to use them](../how-to/python.md)."
    parts += ["", inspect.getdoc(door.Shop) or "", ""]
    for name, thing in vars(door.Shop).items():
        if name.startswith("_"):
            continue
        function = thing.__func__ if isinstance(thing, staticmethod) else thing
        parts += _entry("##", f"Shop.{name}", function, name)
    for name in door.__all__:
        if name != "Shop":  # its methods are above
            parts += _entry("##", name, getattr(door, name), name)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _arrows() -> dict[str, set[str]]:
    """The table in tests/test_architecture.py, which is the architecture."""
    for node in ast.parse(ARROWS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "ARROWS":
            found: dict[str, set[str]] = ast.literal_eval(node.value or ast.Dict([], []))
            return found
    raise LookupError(f"no ARROWS in {ARROWS}")


def _floors(arrows: dict[str, set[str]]) -> dict[str, int]:
    floors: dict[str, int] = {}
    while len(floors) < len(arrows):
        for room, below in arrows.items():
            if room not in floors and below <= set(floors):
                floors[room] = max((floors[each] for each in below), default=-1) + 1
    return floors


def _boxes(rooms: list[str]) -> list[str]:
    return [
        " ".join(f"┌─{'─' * len(room)}─┐" for room in rooms),
        " ".join(f"│ {room} │" for room in rooms),
        " ".join(f"└─{'─' * len(room)}─┘" for room in rooms),
    ]


def rooms() -> str:
    """The block of docs/why/rooms.md that draws the rooms and their arrows."""
    arrows = _arrows()
    floors = _floors(arrows)
    lines = ["```text"]
    for floor in range(max(floors.values()), -1, -1):
        top, middle, bottom = _boxes(sorted(room for room in floors if floors[room] == floor))
        lines += [f"          {top}", f"floor {floor}   {middle}", f"          {bottom}"]
    lines += ["```", "", "| room | may import | what it is |", "|---|---|---|"]
    for room in sorted(arrows, key=lambda room: (-floors[room], room)):
        below = sorted(arrows[room], key=lambda each: (-floors[each], each))
        says = ast.get_docstring(
            ast.parse((ROOT / "src/zhiyin" / room / "__init__.py").read_text(encoding="utf-8"))
        )
        first = " ".join((says or "").split("\n\n")[0].split()).replace("``", "`")
        lines.append(f"| `{room}` | {' '.join(f'`{each}`' for each in below) or '–'} | {first} |")
    return "\n".join(lines) + "\n"


def _between(page: Path, **marks: str) -> str:
    """The page with the text of every mark put where the mark is."""
    text = page.read_text(encoding="utf-8")
    for mark, told in marks.items():
        begin, end = f"<!-- {mark}:begin -->\n", f"<!-- {mark}:end -->"
        head, found, rest = text.partition(begin)
        if not found:
            raise LookupError(f"no mark {mark} in {page}")
        text = head + begin + told + end + rest.partition(end)[2]
    return text


def pages() -> dict[Path, str]:
    """Every written file and what it should say."""
    written = {"settings": settings, "errors": errors, "cli": cli, "python": python, "http": http}
    found = {DOCS / "reference" / f"{name}.md": HEAD + write() for name, write in written.items()}
    drawn = DOCS / "why" / "rooms.md"
    readmes = {ROOT / "README.md": "en", ROOT / "README.zh-CN.md": "zh"}
    told = {page: _between(page, numbers=numbers(lang)) for page, lang in readmes.items()}
    told[drawn] = _between(drawn, arrows=rooms())
    models, cited = DOCS / "why" / "models.md", DOCS / "papers.md"
    told[models] = _between(models, **tables())
    understood = DOCS / "why" / "goods.md"
    told[understood] = _between(understood, **goods())
    told[cited] = papers(cited.read_text(encoding="utf-8"))
    return {**found, **told}


def main() -> int:
    """Write the pages, or compare them."""
    stale = []
    for file, text in pages().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file.relative_to(ROOT)))
            if "--check" not in sys.argv:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run: make format\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
