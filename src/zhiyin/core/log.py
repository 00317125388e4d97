"""Structured logging through the standard library, silent by default.

``log = get_logger(__name__)``; then ``log.info("fitted", items=12, seconds=0.4)``.
A short lower-case phrase and fields. The library attaches no handler and sets no
level: only the terminal and the service do.
"""

import logging
from typing import Any

logging.getLogger("zhiyin").addHandler(logging.NullHandler())


class Logger:
    """A standard logger that takes fields as keyword arguments."""

    def __init__(self, inner: logging.Logger) -> None:
        self._inner = inner

    def _log(self, level: int, event: str, fields: dict[str, Any]) -> None:
        if self._inner.isEnabledFor(level):
            tail = " ".join(f"{key}={value}" for key, value in fields.items())
            text = f"{event} {tail}" if tail else event
            # stacklevel 3: the line that called .info(), not this file.
            self._inner.log(level, "%s", text, extra={"fields": fields}, stacklevel=3)

    def debug(self, event: str, **fields: Any) -> None:
        """For whoever hunts a fault."""
        self._log(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """For whoever runs it."""
        self._log(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something was worked around."""
        self._log(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Something was lost or refused."""
        self._log(logging.ERROR, event, fields)


def get_logger(name: str) -> Logger:
    """The logger of a module: ``get_logger(__name__)``."""
    return Logger(logging.getLogger(name))
