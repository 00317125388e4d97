"""Everything that can go wrong, as one tree.

ZhiyinError
├── BadRequest            the caller must change something
│   ├── BadSettings       a settings file or environment variable
│   ├── BadInput          a file, row or field that cannot be taken in
│   ├── NotFound          an item, shopper, artifact or file that is not there
│   └── Conflict          the same name already stands for something else
├── NotFitted             fit() first, or load an artifact
├── Diverged              training left the numbers; says where and what to lower
├── Damaged               stored bytes are not what was written
├── TooLarge              it would not fit; says what would
└── Unavailable           the operator must act: a store, a disk, an extra

A sentence says what, which one, and what to do next, in English (``str(error)``)
and in Chinese (``error.text("zh")``). ``code`` never changes once released.
"""

from typing import ClassVar


class ZhiyinError(Exception):
    """The root of every error that zhiyin raises on purpose.

    Subclasses give a ``code`` and one template per language; keyword arguments
    fill the templates and stay readable as ``error.fields``. A field that is a
    sentence of its own may come twice: ``problem`` and, in Chinese, ``problem_zh``.
    """

    code: ClassVar[str] = "error"
    en: ClassVar[str] = "{what}"
    zh: ClassVar[str] = "{what}"

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.text("en"))

    def text(self, lang: str = "en") -> str:
        """The sentence in ``lang`` ("zh…" is Chinese, anything else English)."""
        if not lang.lower().startswith("zh"):
            return self.en.format_map(self.fields)
        chinese = {
            name.removesuffix("_zh"): value
            for name, value in self.fields.items()
            if name.endswith("_zh")
        }
        return self.zh.format_map({**self.fields, **chinese})


class BadRequest(ZhiyinError):
    """The caller asked for something that cannot be answered as asked."""

    code = "bad_request"
    en = "{what}: {remedy}"
    zh = "{what}：{remedy}"


class BadSettings(BadRequest):
    """A setting is unknown or has a value that makes no sense."""

    code = "bad_settings"
    en = "setting {key!r} in {where}: {problem}; {remedy}"
    zh = "设置项 {key!r}（来自 {where}）：{problem}；{remedy}"


class BadInput(BadRequest):
    """A whole input (file, body, batch) cannot be taken in."""

    code = "bad_input"
    en = "{what}: {problem}; {remedy}"
    zh = "{what}：{problem}；{remedy}"


class NotFound(BadRequest):
    """Something named is not there."""

    code = "not_found"
    en = "no {kind} named {name!r}; {remedy}"
    zh = "找不到{kind} {name!r}；{remedy}"


class Conflict(BadRequest):
    """A name already stands for something else."""

    code = "conflict"
    en = "{kind} {name!r} already exists with other content; {remedy}"
    zh = "{kind} {name!r} 已存在且内容不同；{remedy}"


class NotFitted(ZhiyinError):
    """A model was asked before it learnt."""

    code = "not_fitted"
    en = "{what} has learnt nothing yet: call fit() (zhiyin fit), or promote an artifact"
    zh = "{what} 尚未训练：请先调用 fit()（zhiyin fit），或让某个产物上线"


class Diverged(ZhiyinError):
    """A loss became infinite or no number while a model was trained."""

    code = "diverged"
    en = "{what} diverged: {term} is {value} in epoch {epoch}, batch {batch}; {remedy}"
    zh = "{what} 训练发散：第 {epoch} 轮第 {batch} 批的 {term} 为 {value}；{remedy}"


class Damaged(ZhiyinError):
    """Stored bytes differ from what was written."""

    code = "damaged"
    en = "{what} is damaged: {problem}; {remedy}"
    zh = "{what} 已损坏：{problem}；{remedy}"


class TooLarge(ZhiyinError):
    """Doing it would need more memory, disk or time than is allowed."""

    code = "too_large"
    en = "{what} needs {needs}, {limit} is allowed; {remedy}"
    zh = "{what} 需要 {needs}，允许 {limit}；{remedy}"


class Unavailable(ZhiyinError):
    """Something that zhiyin depends on does not answer or is not installed."""

    code = "unavailable"
    en = "{what} is unavailable: {problem}; {remedy}"
    zh = "{what} 不可用：{problem}；{remedy}"
