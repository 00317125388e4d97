"""Captions where a machine has no Chinese font."""

import pytest

from zhiyin.data.demo.painting.sheet import _latin


@pytest.mark.parametrize(
    ("caption", "shown"),
    [
        ("云纹丝巾 S | Cloud Scarf", "Cloud Scarf"),
        ("景泰蓝 28 厘米 | Cloisonné Vase, 28 cm", "Cloisonne Vase, 28 cm"),
        ("Cloud Scarf", "Cloud Scarf"),
        ("云纹丝巾", ""),
    ],
)
def test_without_a_chinese_font_the_english_of_a_caption_is_left(caption: str, shown: str) -> None:
    assert _latin(caption) == shown
