"""The shop's own language: an encoder that ``zhiyin pretrain --language`` made, without torch.

    shop:FOLDER

The folder holds ``network.onnx``, ``tokenizer.json`` and ``language.json``. A long text is
read in windows of nearly equal length, and its vector is their mean, each weighed by its
pieces. Every window is run by itself: the same text has the same vector to the last bit.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhiyin.core import Damaged, Encoded, Modality, NotFound, Refusal, extra, shorten
from zhiyin.encoders.cleaning import nonempty
from zhiyin.encoders.rows import Rows, spread
from zhiyin.encoders.wordpiece import Unfit, WordPiece

_FACTS, _NETWORK, _TOKENIZER = "language.json", "network.onnx", "tokenizer.json"


class _Facts(BaseModel):
    """What of ``language.json`` serving needs; what else it says is for people."""

    model_config = ConfigDict(frozen=True)

    format: int = Field(le=1)
    name: str = Field(min_length=1)
    width: int = Field(gt=0)
    longest: int = Field(gt=2)
    begin: int
    end: int
    unknown: int


class ShopEncoder:
    """Texts → unit vectors, as one shop's goods taught."""

    modality: Modality = "text"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def name(self) -> str:
        return _facts(self.folder).name

    @property
    def width(self) -> int:
        return _facts(self.folder).width

    def encode(self, contents: Sequence[str]) -> Encoded:
        facts = _facts(self.folder)
        places, texts = nonempty(contents)
        said: list[int] = []
        rows: list[Rows] = []
        troubles = []
        for place, text in zip(places, texts, strict=True):
            pieces = _pieces(self.folder)(text)
            if any(piece != facts.unknown for piece in pieces):
                said.append(place)
                rows.append(self._vector(pieces, facts))
            else:
                troubles.append(Refusal("no_words", place + 1, value=shorten(text)))
        return spread(rows, said, len(contents), facts.width, troubles)

    def _vector(self, pieces: Sequence[int], facts: _Facts) -> Rows:
        """(D,) the mean of the windows."""
        count = -(-len(pieces) // (facts.longest - 2))
        found = np.zeros(facts.width, np.float32)
        for window in np.array_split(np.array(pieces, np.int64), count):
            tokens = np.concatenate([[facts.begin], window, [facts.end]])[None]
            (row,) = _session(self.folder).run(["vectors"], {"tokens": tokens})
            found += len(window) * row[0]
        return found


@cache
def _facts(folder: Path) -> _Facts:
    file = folder / _FACTS
    if not file.is_file():
        raise NotFound(
            kind="language of a shop",
            kind_zh="商店语言模型",
            name=str(folder),
            remedy="make one with: zhiyin pretrain --language",
            remedy_zh="请先运行：zhiyin pretrain --language",
        )
    try:
        return _Facts.model_validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _damaged(file, f"{first['loc']}: {first['msg']}") from error


@cache
def _pieces(folder: Path) -> Callable[[str], Sequence[int]]:
    """The tokeniser: ours where it is a WordPiece of BERT's kind, else the library's."""
    content = _read(folder / _TOKENIZER)
    try:
        return WordPiece.read(content)
    except Unfit:
        with extra("language", f"the tokeniser of {folder.name}"):
            from tokenizers import Tokenizer
    try:
        found = Tokenizer.from_str(content.decode())
    except Exception as error:  # the library raises nothing more particular
        raise _damaged(folder / _TOKENIZER, str(error)) from error
    found.no_truncation()
    found.no_padding()
    found.encode_special_tokens = True
    return lambda text: found.encode(text, add_special_tokens=False).ids


@cache
def _session(folder: Path) -> Any:
    # Imported here: a shop without a language of its own never pays for it.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    content = _read(folder / _NETWORK)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no root but this
        raise _damaged(folder / _NETWORK, str(error)) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _damaged(file, error.strerror or str(error)) from error


def _damaged(file: Path, problem: str) -> Damaged:
    return Damaged(
        what=str(file),
        problem=shorten(" ".join(problem.split())),
        remedy="run zhiyin pretrain --language again",
        remedy_zh="请重新运行 zhiyin pretrain --language",
    )
