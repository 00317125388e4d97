"""The same in English and Chinese: problems and remedies of whole files, and what was expected.

Every sentence here is read by a person who wants to go on: what is wrong, then what to do.
"""

import re
from dataclasses import replace

from zhiyin.core import Refusal

_EXPECTED = {
    "text": "文本",
    "text or a number": "文本或数值",
    "a number": "数值",
    "a list": "列表",
    "an object": "对象",
    "yes or no": "是或否",
    "a known field": "已知字段",
    "a price": "价格",
    "a price such as 12.50": "价格（例如 12.50）",
    "a whole number": "整数",
    "a whole number from 0": "从 0 起的整数",
    "0 to 1 (and more than 0)": "0 到 1（且大于 0）",
    "1970 to today": "1970 年至今",
    "three capital letters such as CNY": "三个大写字母（例如 CNY）",
    'an object such as {"motif": "cloud"}': '对象（例如 {"motif": "云纹"}）',
    "a quote is opened and never closed": "引号没有闭合",
    "text follows a closing quote": "闭合引号之后还有文字",
    "a JSON object was expected": "应为一个 JSON 对象",
    "not a JSON object": "不是 JSON 对象",
    "not JSON (nested too deep)": "不是 JSON（嵌套过深）",
}
_PATTERNS = (
    (re.compile(r"(\d+) columns where the header has (\d+)"), r"有 \1 列，而表头有 \2 列"),
    (re.compile(r"([\d,]+) bytes"), r"\1 字节"),
    (re.compile(r"(\d+) characters"), r"\1 个字符"),
    (re.compile(r"not JSON \((.*)\)", re.DOTALL), r"不是 JSON（\1）"),
)


def problem(english: str, chinese: str) -> dict[str, str]:
    """The problem of an error in both languages."""
    return {"problem": english, "problem_zh": chinese}


def remedy(english: str, chinese: str) -> dict[str, str]:
    """The remedy of an error in both languages."""
    return {"remedy": english, "remedy_zh": chinese}


def in_both(refusal: Refusal) -> Refusal:
    """The refusal, with what was expected in Chinese too where that is known."""
    if refusal.expected is None or refusal.expected_zh is not None:
        return refusal
    return replace(refusal, expected_zh=_chinese(refusal.expected))


def _chinese(expected: str) -> str | None:
    if (known := _EXPECTED.get(expected)) is not None:
        return known
    for pattern, chinese in _PATTERNS:
        if (match := pattern.fullmatch(expected)) is not None:
            return match.expand(chinese)
    return None


FETCH_AGAIN = remedy(
    "the complete rows before are in; fetch the file again and repeat",
    "之前的完整行已导入；请重新获取该文件后再试",
)
CHECK_DISK = remedy("check the disk and start again", "请检查磁盘后重试")
GIVE_ROWS = remedy(
    "give a file with rows; was it still being written?",
    "请提供有数据行的文件；它是否还在写入？",
)
