"""The verbs in a terminal: ``zhiyin demo``, ``zhiyin ingest``, ``zhiyin recommend`` …

Commands parse and show; everything they do, the front door (``zhiyin.app``) does.
"""

from zhiyin.cli.main import app, main

__all__ = ["app", "main"]
