"""Settings as the text of a new shop's zhiyin.toml."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from zhiyin.core import Settings

_HEAD = "# The settings of this shop; docs/reference/settings.md lists all of them."
_ALWAYS = ("name", "store", "timezone", "currency")


def settings_text(settings: Settings, also: Iterable[str] = ()) -> str:
    """TOML that reads back as ``settings``: what every shop states, and ``also``."""
    values = settings.model_dump(mode="json", exclude_none=True)
    keys = dict.fromkeys([*_ALWAYS, *also])
    lines = [f"{key} = {_value(values[key])}" for key in keys if key in values]
    return "\n".join([_HEAD, *lines]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_value(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    # Text, numbers and booleans are written alike in JSON and TOML, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
