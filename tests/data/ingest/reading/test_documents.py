"""JSON documents: arrays at the top or inside an object, read element by element."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import Damaged
from zhiyin.data.ingest.reading import Input, Place
from zhiyin.data.ingest.reading.documents import Document
from zhiyin.data.ingest.reading.streams import Stream
from zhiyin.data.ingest.reading.text import Text


def read(
    content: str, rows: int = 3, longest: int = 10_000
) -> tuple[list[Any], list[int], Document]:
    stream = Stream(Input("a", "a", lambda: io.BytesIO(content.encode())), 200)
    document = Document(Text(stream, None), rows, longest)
    found: list[Any] = []
    refused: list[int] = []
    for block in document.blocks(Place()):
        found += block.rows
        refused += [reject.refusal.row for reject in block.broken]
    return found, refused, document


rows = st.lists(
    st.dictionaries(
        st.text(max_size=4),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=2)
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(table=rows, indent=st.sampled_from([None, 1]), ascii=st.booleans())
def test_arrays_and_objects_that_hold_them_are_read(table: Any, indent: Any, ascii: bool) -> None:
    for document in (
        table,
        {"total": 3, "tags": ["a"], "deep": {"x": [1]}, "items": table, "end": 1},
    ):
        found, refused, reader = read(json.dumps(document, indent=indent, ensure_ascii=ascii))
        assert (found, refused, reader.problem) == (table, [], None)


def test_an_element_at_fault_is_refused_alone() -> None:
    content = '[{"a": 1}, 7, {"a": NaN2}, "x", {"a": "]}"}, [1, {"b": 2}], {\'a\': 3}, {"a": 4}]'
    found, refused, reader = read(content)
    assert found == [{"a": 1}, {"a": "]}"}, {"a": 4}]
    assert refused == [2, 3, 4, 6, 7]
    assert reader.problem is None


def test_an_array_may_be_longer_than_what_is_held() -> None:
    table = [{"id": number, "text": "云" * 2_000} for number in range(400)]
    found, refused, _ = read(json.dumps(table, ensure_ascii=False), rows=50)
    assert (found, refused) == (table, [])


def test_an_element_too_long_to_hold_ends_the_file() -> None:
    found, refused, reader = read(f'[{{"a": 1}}, {{"a": "{"x" * 3_000_000}"}}, {{"a": 2}}]')
    assert (found, refused) == ([{"a": 1}], [2])
    assert isinstance(reader.problem, Damaged)
    assert "JSONL" in str(reader.problem)


@pytest.mark.parametrize("content", ['[{"a": 1}, {"a"', '[{"a": 1},', '[{"a": 1}'])
def test_an_array_without_end_is_told(content: str) -> None:
    found, _, reader = read(content)
    assert found == [{"a": 1}]
    assert "ends in the middle" in str(reader.problem)


def test_reading_goes_on_from_a_number() -> None:
    stream = Stream(Input("a", "a", lambda: io.BytesIO(b'[{"a":1},{"a":2},{"a":3}]')), 200)
    blocks = list(Document(Text(stream, None), 10, 10_000).blocks(Place(0, 3)))
    assert [row for block in blocks for row in block.rows] == [{"a": 3}]
    assert blocks[-1].after == Place(0, 4)
