"""Writes docs/reference from the code itself; ``--check`` fails when it is out of date."""

import sys
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command

from zhiyin.cli import app
from zhiyin.core import DEFAULT_KINDS, SENTENCES, IngestSettings, KindSettings, Settings
from zhiyin.core import errors as errors_file

HERE = Path(__file__).parent / "reference"
ROOT = HERE.parent.parent
HEAD = "<!-- Written by docs/generate.py; change the code, then run `make format`. -->\n\n"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel | dict):
        return "see below"
    return f"`{value}`"


def _fields(model: type[BaseModel]) -> str:
    rows = [
        f"| `{name}` | {_default(field)} | {' '.join((field.description or '').split())} |"
        for name, field in model.model_fields.items()
    ]
    return "\n".join(["| key | default | what it does |", "|---|---|---|", *rows])


def settings() -> str:
    """The page of every setting."""
    kinds = "\n".join(
        f"| `{name}` | {kind.weight:g} | {kind.half_life_days or '–'} | {kind.value} | {kind.scale:g} |"
        for name, kind in DEFAULT_KINDS.items()
    )
    return f"""# Settings

A shop's `zhiyin.toml`; the environment wins, as in `ZHIYIN_STORE=…` or `ZHIYIN_KINDS__BUY__WEIGHT=8`.
A key that does not exist is refused.

{_fields(Settings)}

## `[kinds.NAME]`

{_fields(KindSettings)}

The kinds that exist without being declared:

| kind | weight | half-life, days | value | scale |
|---|--:|--:|---|--:|
{kinds}

## `[ingest]`

{_fields(IngestSettings)}
"""


def errors() -> str:
    """The page of errors and refusals."""
    rows = "\n".join(
        f"| `{code}` | {english} | {chinese} |".replace("…", "…")
        for code, (english, chinese) in SENTENCES.items()
    )
    tree = (errors_file.__doc__ or "").split("\n\n")[1]
    return f"""# Errors

Every error has a stable `code`, a sentence in English and Chinese that says what, which one and what to do.

```text
{tree}
```

## Why a row is refused

A bad row never stops a batch; it is written to `rejects.jsonl` with its file, row, field and value.

| code | English | 中文 |
|---|---|---|
{rows}
"""


def cli() -> str:
    """The page of every command with its options."""
    parts = ["# The terminal", "", "`zhiyin COMMAND --help` prints the same."]
    group = get_command(app)
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if command.hidden:
            continue
        parts += ["", f"## zhiyin {name}", "", (command.help or "").split("\f")[0].strip(), ""]
        parts += ["| | |", "|---|---|"]
        for parameter in command.params:
            names = ", ".join(f"`{o}`" for o in [*parameter.opts, *parameter.secondary_opts])
            about = getattr(parameter, "help", None) or ""
            if parameter.param_type_name == "argument":
                names = f"`{(parameter.metavar or parameter.name or '').upper()}`"
            parts.append(f"| {names} | {' '.join(about.split())} |")
    return "\n".join(parts) + "\n"


PAGES = {"settings.md": settings, "errors.md": errors, "cli.md": cli}


def main() -> int:
    """Write the pages, or compare them."""
    stale = []
    for name, write in PAGES.items():
        text = HEAD + write()
        file = HERE / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file.relative_to(ROOT)))
            if "--check" not in sys.argv:
                HERE.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}; run: make format\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
