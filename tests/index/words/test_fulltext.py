"""Full text: what is found, by which words, and what is not."""

import numpy as np
import pytest

from zhiyin.core import Document
from zhiyin.index.words import FullText, Synonyms, new_words

GOODS = {
    0: {"title": ["莲花纹真丝方巾", "Lotus Silk Square"], "category": ["丝巾披肩", "方巾"]},
    1: {"title": ["云纹苏绣丝巾", "Embroidered Cloud Scarf"], "description": "丝绸之路上的云。"},
    2: {"title": ["青花瓷茶杯", "Blue-and-White Tea Cup"], "description": "A cup for the road."},
    3: {"title": ["月饼礼盒 六枚装", "Mooncake Box"], "attributes": ["90×90 厘米"]},
}


@pytest.fixture
def words() -> FullText:
    index = new_words(synonyms=Synonyms())
    index.put([Document(key, fields) for key, fields in GOODS.items()])
    return index


def found(index: FullText, query: str, **options: bool) -> list[int]:
    return index.search(query, 10, **options).keys.tolist()


def test_chinese_words_are_found_without_blanks_between_them(words: FullText) -> None:
    assert found(words, "莲花方巾") == [0]
    assert found(words, "云纹丝巾") == [1]
