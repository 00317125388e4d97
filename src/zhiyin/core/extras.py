"""Optional parts of the installation: one clear sentence where a part is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from zhiyin.core.errors import Unavailable


@contextmanager
def extra(name: str, what: str) -> Iterator[None]:
    """Around the import of what ``pip install 'zhiyin[name]'`` brings; ``what`` needs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("zhiyin"):
            raise  # a mistake of ours, not a missing part
        raise Unavailable(
            what=what,
            problem=f"{error.name} is not installed",
            problem_zh=f"未安装 {error.name}",
            remedy=f"install it with: pip install 'zhiyin[{name}]'",
            remedy_zh=f"请安装：pip install 'zhiyin[{name}]'",
        ) from error
