"""A folder that is an index or none: begun empty, and vouched for by a header written last."""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from zhiyin.core import BadInput, Config, Conflict, Damaged, NotFound

FORMAT = 1


class Vouching(Config):
    """What every header says first."""

    format: int


Head = TypeVar("Head", bound=Vouching)


def begin(folder: Path) -> None:
    """Make the folder; refuse one that holds anything."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(
            kind="folder",
            kind_zh="文件夹",
            name=str(folder),
            remedy="give an empty folder",
            remedy_zh="请给一个空文件夹",
        )


def finish(folder: Path, name: str, header: Vouching) -> None:
    """Write the header, whole or not at all; from here on the folder is an index."""
    part = folder / f".{name}.part"
    with part.open("w", encoding="utf-8") as handle:
        handle.write(header.model_dump_json(indent=1))
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(folder / name)


def header(folder: Path, name: str, kind: type[Head], what: str, what_zh: str) -> Head:
    """The header of the index that is called ``what``; refused where it is none of this format."""
    file = folder / name
    if not file.is_file():
        raise NotFound(
            kind=what,
            kind_zh=what_zh,
            name=str(folder),
            remedy="build it with: zhiyin pretrain",
            remedy_zh="请先建立：zhiyin pretrain",
        )
    try:
        found = kind.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise damaged(
            folder, what, what_zh, "its header cannot be read", "索引头无法读取"
        ) from error
    if found.format != FORMAT:
        raise BadInput(
            what=str(folder),
            problem=f"an index of format {found.format}, this version reads {FORMAT}",
            problem_zh=f"索引格式为 {found.format}，本版本只读 {FORMAT}",
            remedy="build it again",
            remedy_zh="请重新建立",
        )
    return found


def damaged(folder: Path, what: str, what_zh: str, problem: str, problem_zh: str) -> Damaged:
    """The error of an index that is called ``what``."""
    return Damaged(
        what=f"the {what} in {folder}",
        what_zh=f"{what_zh} {folder}",
        problem=problem,
        problem_zh=problem_zh,
        remedy="build it again, or roll back to an earlier artifact",
        remedy_zh="请重新建立，或回退到更早的产物",
    )
