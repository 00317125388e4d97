"""Contents: every item has its row, and nothing an item says or shows stops the others."""

from pathlib import Path
from typing import Any

import numpy as np

from zhiyin.core import Item
from zhiyin.core.item import Text
from zhiyin.encoders import Kept
from zhiyin.pretrain import sources
from zhiyin.pretrain.contents import Tally, Trouble

HOSTILE = [
    Item("fine", "red scarf", images=("0.jpg",)),
    Item("silent"),
    Item("web", "blue vase", images=("https://shop.example/1.jpg",)),
    Item("lost", "torn", images=("none.jpg",)),
    Item("blank", "blank", images=("blank.jpg",)),
    Item("out", "green lamp", images=("../../etc/passwd",)),
    Item("torn", "green tea", images=("torn.jpg",)),
    Item("mended", "torn", texts={"en": Text("white tea")}),
]


def rows(source: Any, items: list[Item]) -> tuple[np.ndarray, Tally, list[Trouble]]:
    tally, told = Tally(source.encoder.name), list[Trouble]()
    return source.rows(items, tally, told.append), tally, told


def test_what_cannot_be_encoded_is_told_and_the_rest_goes_on(words: Any, images: Path) -> None:
    (images / "torn.jpg").write_bytes(b"torn")
    (images / "blank.jpg").write_bytes(b"blank")
    by = sources([words(), words("image")], images)
    found, tally, told = rows(by["image"], HOSTILE)
    assert [
        item.id for item, row in zip(HOSTILE, found, strict=True) if np.isfinite(row).all()
    ] == ["fine"]
    assert {each.item: each.refusal.code for each in told} == {
        "web": "web_picture",
        "lost": "absent_picture",
        "out": "outside_folder",
        "torn": "broken_picture",
    }
    assert (tally.encoded, tally.empty, tally.broken.total()) == (1, 3, 4)
    assert {**tally.broken} == dict.fromkeys(tally.examples, 1)


def test_a_text_that_cannot_be_read_is_no_trouble_where_another_can(
    words: Any, images: Path
) -> None:
    found, tally, told = rows(sources([words()], images)["text"], HOSTILE)
    there = {item.id for item, row in zip(HOSTILE, found, strict=True) if np.isfinite(row).all()}
    assert there == {"fine", "web", "out", "torn", "mended"}
    assert [each.item for each in told] == ["lost"]
    assert (tally.encoded, tally.empty) == (5, 2)  # "blank" is empty, and no trouble


def test_a_row_is_the_weighed_mean_of_what_an_item_says(words: Any, images: Path) -> None:
    encoder = words()
    item = Item("x", "red", "silk", category=("scarf",))
    (found,), _, _ = rows(sources([encoder], images)["text"], [item])
    facts, title, told = encoder.encode(["red scarf", "red", "silk"]).vectors
    mean = facts + title + 0.5 * told
    assert np.allclose(found, mean / np.linalg.norm(mean), atol=1e-6)


def test_an_item_has_the_same_row_whoever_is_beside_it(words: Any, images: Path, good: Any) -> None:
    source = sources([words("image")], images)["image"]
    goods = [good(number) for number in range(40)]
    together, _, _ = rows(source, goods)
    alone = np.concatenate([rows(source, [each])[0] for each in goods])
    assert np.array_equal(together, alone)


def test_what_an_encoder_remembers_is_counted(
    words: Any, images: Path, good: Any, tmp_path: Path
) -> None:
    goods = [good(number) for number in range(10)]
    with Kept(words("image"), tmp_path / "kept.db") as encoder:
        source = sources([encoder], images)["image"]
        assert rows(source, goods[:6])[1].kept == 0
        tally = rows(source, goods)[1]
    assert (tally.contents, tally.kept, tally.encoded) == (10, 6, 10)


def test_a_line_of_the_report_names_the_item_and_says_it_in_both_languages(
    words: Any, images: Path
) -> None:
    (told,) = rows(sources([words()], images)["text"], HOSTILE)[2]
    line = told.record()
    assert (line["item"], line["modality"], line["code"]) == ("lost", "text", "broken_picture")
    assert line["message"] != line["message_zh"]
