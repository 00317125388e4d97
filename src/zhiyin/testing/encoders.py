"""The contract of encoders: unit vectors or nothing, whatever the content and the company.

class TestMine(EncoderContract):
    pairs = (("red silk scarf", "scarf of crimson silk"), …)

    def make(self) -> Encoder:
        return Mine()
"""

import struct
from typing import Any, ClassVar

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from zhiyin.core import Encoded, Encoder, Modality

HOSTILE_TEXTS = (
    "",
    "  \t\n\u3000",
    "\x00",
    "a\x00b",
    "\ud83d",  # half of a pair
    "\ud83d\ude00 scarf",  # both halves, apart
    "😀👗🏳️‍🌈",
    "🐉 龙 dragon дракон تنين",
    "\u202eflipped",
    "\u200b",
    "\uffff\U0010ffff",
    "Z" + "\u0351" * 500,
    "x" * 3_000,
    "silk scarf 真丝围巾 " * 2_000,
    "<|endoftext|> [MASK] {0} %s \\u0000 <script>",
)
"""Texts that shops and shoppers do send; an encoder of texts may give NaN, and never raises."""

# A picture of one pixel that says it is 60,000 × 60,000: decoded in good faith, 10 GB.
_BOMB = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0)
    + b"\0\0\0\0"
)
HOSTILE_PICTURES = (
    b"",
    b"\0" * 64,
    b"not a picture",
    b"\xff\xd8\xff\xe0",
    b"GIF89a",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"PK\x03\x04" + b"\0" * 60,
    b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    _BOMB,
)
"""Bytes that are no picture, or a wicked one."""

_FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,  # the suite is inherited by many classes
        HealthCheck.too_slow,
    ],
)


class EncoderContract:
    """Every ``Encoder`` passes this. A suite says how to make one, and what is alike.

    ``hostile`` is what it must survive; left empty, what the modality suggests.
    """

    pairs: ClassVar[tuple[tuple[Any, Any], ...]]
    """Contents that mean the same, at least two pairs; each is nearer to its own than to others."""
    hostile: ClassVar[tuple[Any, ...]] = ()
    tolerance: ClassVar[float] = 1e-5
    """How far numbers of the same content may be apart: products of more rows round otherwise."""

    def make(self) -> Encoder:
        """The encoder; called by every check, so it should not load anything twice."""
        raise NotImplementedError

    def contents(self) -> list[Any]:
        """The good contents of all pairs."""
        return [content for pair in self.pairs for content in pair]

    def wicked(self) -> list[Any]:
        suggested: dict[Modality, tuple[Any, ...]] = {
            "text": HOSTILE_TEXTS,
            "image": HOSTILE_PICTURES,
        }
        return list(self.hostile or suggested[self.make().modality])

    def same(self, some: Any, wanted: Any) -> None:
        np.testing.assert_allclose(some, wanted, rtol=0, atol=self.tolerance)

    def sound(self, encoded: Encoded, count: int) -> None:
        """Rows of length 1 or of NaN, and every trouble points at a row of NaN."""
        vectors = encoded.vectors
        assert vectors.shape == (count, self.make().width)
        assert vectors.dtype == np.float32
        nothing = np.isnan(vectors)
        assert (nothing.all(axis=1) == nothing.any(axis=1)).all()
        lengths = np.linalg.norm(vectors[~nothing.any(axis=1)], axis=1)
        np.testing.assert_allclose(lengths, 1.0, atol=1e-5)
        for trouble in encoded.troubles:
            assert 1 <= trouble.row <= count
            assert nothing[trouble.row - 1].all()
            assert trouble.text("en")
            assert trouble.text("zh")

    def test_its_name_kind_and_width_do_not_change_by_use(self) -> None:
        encoder = self.make()
        before = (encoder.name, encoder.modality, encoder.width)
        encoder.encode(self.contents()[:1])
        assert (encoder.name, encoder.modality, encoder.width) == before
        assert encoder.name
        assert encoder.modality in ("text", "image")
        assert encoder.width > 0

    def test_good_contents_become_vectors_of_length_one(self) -> None:
        encoded = self.make().encode(self.contents())
        self.sound(encoded, len(self.contents()))
        assert np.isfinite(encoded.vectors).all()
        assert encoded.troubles == ()

    def test_no_contents_are_no_rows(self) -> None:
        self.sound(self.make().encode([]), 0)

    def test_what_is_alike_is_nearest(self) -> None:
        encoder = self.make()
        ones = encoder.encode([one for one, _ in self.pairs]).vectors
        others = encoder.encode([other for _, other in self.pairs]).vectors
        likeness = ones @ others.T
        assert likeness.argmax(axis=1).tolist() == list(range(len(self.pairs)))

    def test_a_batch_is_encoded_like_one_by_one(self) -> None:
        encoder, contents = self.make(), self.contents()
        together = encoder.encode(contents).vectors
        alone = [encoder.encode([content]).vectors[0] for content in contents]
        self.same(together, np.stack(alone))

    def test_rows_follow_the_contents_and_the_same_content_is_the_same(self) -> None:
        encoder, contents = self.make(), self.contents()
        once = encoder.encode(contents).vectors
        self.same(encoder.encode(contents[::-1]).vectors[::-1], once)
        twice = encoder.encode(contents + contents).vectors
        self.same(twice, np.concatenate([once, once]))

    def test_nothing_in_is_nothing_out_and_no_trouble(self) -> None:
        encoder = self.make()
        empty = "" if encoder.modality == "text" else b""
        encoded = encoder.encode([empty, self.contents()[0], empty])
        self.sound(encoded, 3)
        assert np.isnan(encoded.vectors).all(axis=1).tolist() == [True, False, True]
        assert encoded.troubles == ()

    def test_no_content_is_fatal_nor_changes_its_neighbours(self) -> None:
        encoder, good = self.make(), self.contents()[0]
        wanted = encoder.encode([good]).vectors[0]
        mixed = [part for content in self.wicked() for part in (content, good)]
        encoded = encoder.encode(mixed)
        self.sound(encoded, len(mixed))
        self.same(encoded.vectors[1::2], np.tile(wanted, (len(mixed) // 2, 1)))

    def test_any_content_is_survived(self) -> None:
        encoder = self.make()
        kinds: Any = some.binary(max_size=200)
        if encoder.modality == "text":
            kinds = some.text(some.characters(exclude_categories=[]), max_size=60)

        @_FEW
        @given(some.lists(kinds, max_size=6))
        def survives(contents: list[Any]) -> None:
            self.sound(encoder.encode(contents), len(contents))

        survives()
