"""Why one row was not taken in: a code, the place, the value and the remedy.

A bad row never stops a batch. It becomes a ``Refusal``, which the caller gets back
(API) or finds in ``rejects.jsonl`` (files); the rest of the batch goes in.
"""

from dataclasses import asdict, dataclass

# code -> (English, Chinese); {field} and {value} may be used. What, then what to do.
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": (
        "{field} is missing; give every row one",
        "缺少 {field}；每行都需要",
    ),
    "wrong_type": (
        "{field} is {value}, which is not {expected}; correct it or map another column",
        "{field} 的值 {value} 不是{expected}；请改正，或映射到别的列",
    ),
    "negative": (
        "{field} is {value}; it must be zero or more",
        "{field} 的值为 {value}；必须大于等于零",
    ),
    "not_finite": (
        "{field} is {value}; give a finite number or leave it empty",
        "{field} 的值为 {value}；请给出有限数值或留空",
    ),
    "out_of_range": (
        "{field} is {value}, outside {expected}; correct it",
        "{field} 的值 {value} 超出 {expected}；请改正",
    ),
    "unknown_kind": (
        "kind {value} is not declared; use one of {expected}, map it with --kind {value}=view, "
        "or declare it under [kinds.…] in zhiyin.toml",
        "未声明的行为类型 {value}；可用：{expected}，或用 --kind {value}=view 映射，"
        "或在 zhiyin.toml 的 [kinds.…] 中声明",
    ),
    "future": (
        "{field} is {value}, later than the clock allows; check the unit (seconds or "
        "milliseconds) and the time zone",
        "{field} 的值 {value} 晚于当前时间；请检查单位（秒或毫秒）与时区",
    ),
    "unreadable_time": (
        "{field} is {value}, which is no time; use ISO 8601 or epoch seconds or milliseconds",
        "{field} 的值 {value} 不是时间；请用 ISO 8601、秒或毫秒时间戳",
    ),
    "bad_encoding": (
        "the row is not valid {expected}; save the file as UTF-8 or pass --encoding",
        "该行不是有效的 {expected}；请另存为 UTF-8 或指定 --encoding",
    ),
    "too_long": (
        "{field} is longer than {expected}; shorten it",
        "{field} 超过 {expected}；请缩短",
    ),
    "outside_folder": (
        "image path {value} leaves the image folder; use a path inside it or a URL",
        "图片路径 {value} 超出图片目录；请用目录内的路径或网址",
    ),
    "malformed": (
        "the row cannot be parsed: {expected}; correct the line",
        "无法解析该行：{expected}；请改正",
    ),
    "other_content": (
        "id {value} is already stored with other content; give the new one its own id",
        "编号 {value} 已存在且内容不同；请换一个编号",
    ),
    "absent_picture": (
        "{field} {value} is not in the image folder; put it there or correct the path",
        "{field} {value} 不在图片目录中；请放入该文件或改正路径",
    ),
    "web_picture": (
        "{field} {value} is on the web, and pictures are not fetched; put the file into the "
        "image folder and name its path",
        "{field} {value} 是网址，不会自动下载；请把文件放入图片目录并写明路径",
    ),
    "unreadable_picture": (
        "{field} {value} cannot be read: {expected}; check the file and its rights",
        "{field} {value} 无法读取：{expected}；请检查文件及其权限",
    ),
    "no_words": (
        "the encoder knows no word of {value}; describe it in a language that it reads",
        "编码器不认识 {value} 中的任何词；请用它能读的语言描述",
    ),
    "encoder_refused": (
        "the encoder's server refuses {value}: {expected}; shorten or correct the text",
        "编码服务器拒绝 {value}：{expected}；请缩短或改正文本",
    ),
    "no_picture": (
        "{field} is none of {expected}; save it as one of them",
        "{field} 不是 {expected} 中的任何一种；请另存为其中之一",
    ),
    "broken_picture": (
        "{field} is cut off or damaged; save or upload it again",
        "{field} 不完整或已损坏；请重新保存或上传",
    ),
    "large_picture": (
        "{field} has more than {expected}; make it smaller",
        "{field} 超过 {expected}；请缩小",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken in, and what to do about it."""

    code: str
    row: int
    """Number of the row in its file or batch, from 1."""
    field: str | None = None
    value: str | None = None
    """The offending value, shortened to 200 characters."""
    expected: str | None = None
    file: str | None = None
    expected_zh: str | None = None
    """``expected`` in Chinese, where it is more than a name or a number."""

    def text(self, lang: str = "en") -> str:
        """The sentence: what is wrong and what to do."""
        english, chinese = SENTENCES[self.code]
        value = "?" if self.value is None else repr(self.value)
        if not lang.lower().startswith("zh"):
            return english.format(field=self.field, value=value, expected=self.expected)
        expected = self.expected_zh or self.expected
        return chinese.format(field=self.field, value=value, expected=expected)

    def record(self) -> dict[str, object]:
        """The row of ``rejects.jsonl`` and of the API's answer."""
        facts = asdict(self)
        del facts["expected_zh"]  # it is in the sentence
        return {**facts, "message": self.text("en"), "message_zh": self.text("zh")}


def shorten(value: object, limit: int = 200) -> str:
    """``value`` as text fit for a message: at most ``limit`` characters."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
