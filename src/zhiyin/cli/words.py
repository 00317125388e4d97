"""The terminal's two languages: every sentence is written in both, side by side.

``--lang zh`` anywhere on the line wins, then ZHIYIN_LANG, then the locale. Help texts are
fixed when the commands are declared, so the choice is made once, when this file loads.
"""

import os
import sys
from collections.abc import Mapping, Sequence


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """ "zh" or "en", from the command line, ZHIYIN_LANG or the locale."""
    for place, word in enumerate(arguments):
        if word.startswith("--lang="):
            return _short(word.removeprefix("--lang="))
        if word == "--lang" and place + 1 < len(arguments):
            return _short(arguments[place + 1])
    for name in ("ZHIYIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return _short(environment[name])
    return "en"


def _short(name: str) -> str:
    return "zh" if name.lower().startswith("zh") else "en"


LANG = choose(sys.argv[1:], os.environ)


def t(english: str, chinese: str) -> str:
    """The sentence in the language of this run."""
    return chinese if LANG == "zh" else english


def without_choice(arguments: Sequence[str]) -> list[str]:
    """The arguments without ``--lang``, so that it may stand anywhere on the line."""
    kept: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        if word == "--lang":
            next(waiting, None)
        elif not word.startswith("--lang="):
            kept.append(word)
    return kept
