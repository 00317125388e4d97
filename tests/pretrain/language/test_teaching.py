"""Teaching: hidden words are recovered, texts of an item find each other, a kill costs nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("peft", reason="no peft: pip install 'zhiyin[language]'")

import torch

from zhiyin.core import SILENT, Item
from zhiyin.encoders import open_encoder
from zhiyin.pretrain.language import LanguageConfig
from zhiyin.pretrain.language.teaching import Teaching
from zhiyin.pretrain.language.texts import lesson_of


def begun(toy: list[Item], config: LanguageConfig, **given: Any) -> Teaching:
    given = {"seed": 5, "progress": SILENT, **given}
    return Teaching.begun(lesson_of(toy, config.held), config, **given)


@dataclass(frozen=True)
class Learnt:
    """A language that was learnt from nothing, and what was seen on the way."""

    teaching: Teaching
    surprise: tuple[float, float]
    right: float
    recovered: tuple[str, ...]
    told: tuple[float, float]


@pytest.fixture(scope="module")
def learnt(toy: list[Item], small: LanguageConfig) -> Learnt:
    teaching = begun(toy, small)
    surprise, right, _ = teaching.guess()
    recovered = tuple(filled(teaching, text) for text in HOLES)  # drawing forgets how to guess
    return Learnt(teaching, surprise, right, recovered, teaching.draw()[0])


HOLES = {
    "a vase made of [] in blue, good at home": "clay",
    "a [] made of silk in red, good at travel": "scarf",
}


def filled(teaching: Teaching, text: str) -> str:
    """The word that the network puts into the hole."""
    words = teaching.vocabulary
    before, after = words.pieces(text.split("[]"))
    tokens = torch.tensor([[words.begin, *before, words.mask, *after, words.end]])
    with torch.no_grad():
        scores = teaching.reader.guesses(teaching.reader.hidden(tokens)[0, len(before) + 1])
    return str(words.tokenizer.decode(int(scores.argmax())))


def test_it_guesses_better_than_how_often_each_piece_comes(learnt: Learnt) -> None:
    teaching = learnt.teaching
    counts = Counter(n for own in teaching.lesson.judging for n in teaching.pieces[own].tolist())
    shares = np.array([*counts.values()]) / counts.total()
    unigram = float(-(shares * np.log(shares)).sum())
    assert learnt.surprise[0] == pytest.approx(unigram, abs=0.5)  # what it starts from
    assert learnt.surprise[1] < 0.75 * unigram
    assert learnt.right > 0.4


def test_a_hidden_word_is_recovered_from_its_company(learnt: Learnt) -> None:
    assert learnt.recovered == tuple(HOLES.values())


def test_texts_of_one_item_find_each_other_after_drawing(learnt: Learnt) -> None:
    before, after = learnt.told
    assert after > before + 0.1


def test_guessing_that_leaves_texts_alike_is_given_up(
    toy: list[Item], small: LanguageConfig
) -> None:
    teaching = begun(toy, small.model_copy(update={"epochs": 1, "pair_epochs": 1}))
    teaching.guess()
    began = {name: rows.clone() for name, rows in teaching.start.items()}
    with torch.no_grad():  # every piece becomes the same: nothing is told apart
        teaching.reader.network.bert.embeddings.word_embeddings.weight[:] = 1.0
    teaching.config = small.model_copy(update={"pair_epochs": 0})
    teaching.draw()
    assert teaching.given_up
    for name, rows in teaching.reader.state_dict().items():
        assert torch.equal(rows, began[name]), name


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(
    toy: list[Item], small: LanguageConfig, learnt: Learnt
) -> None:
    again = begun(toy, small)
    again.guess()
    again.draw()
    for name, rows in learnt.teaching.reader.state_dict().items():
        assert torch.equal(rows, again.reader.state_dict()[name]), name


class Killed:
    """Whoever watches, and pulls the plug after some epochs."""

    def __init__(self, after: int) -> None:
        self.left = after

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "") -> Iterator["Killed"]:
        yield self

    def advance(self, amount: int = 1, **notes: object) -> None:
        self.left -= amount if notes else 0
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("epochs", [5, pytest.param(74, marks=pytest.mark.slow)])
def test_a_killed_run_goes_on_bit_for_bit(
    toy: list[Item],
    small: LanguageConfig,
    learnt: Learnt,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    epochs: int,
) -> None:
    monkeypatch.setattr(Teaching, "save_seconds", 0.0)
    killed = begun(toy, small, work=tmp_path, progress=Killed(epochs))
    with pytest.raises(KeyboardInterrupt):
        killed.guess()
        killed.draw()
    again = begun(toy, small, work=tmp_path)
    assert again.guess()[0] == learnt.surprise
    again.draw()
    for name, rows in learnt.teaching.reader.state_dict().items():
        assert torch.equal(rows, again.reader.state_dict()[name]), name


def test_what_serves_is_the_network_itself(learnt: Learnt, toy: list[Item], tmp_path: Path) -> None:
    teaching = learnt.teaching
    texts = ["red silk scarf", "花瓶 blue", " ".join(f"{n} green jade cup" for n in range(20))]
    wanted = []
    for text in texts:
        windows = [*teaching.vocabulary.windows(teaching.vocabulary.pieces([text])[0], 24)]
        rows = teaching.reader.encoded(windows, teaching.vocabulary).numpy()
        sum_ = (rows * [[len(each) - 2] for each in windows]).sum(axis=0)
        wanted.append(sum_ / np.linalg.norm(sum_))
    assert len(windows) > 3
    facts = teaching.write(tmp_path)
    encoder = open_encoder(f"shop:{tmp_path}", "text")
    assert (encoder.name, encoder.width) == (facts.name, 32)
    np.testing.assert_allclose(encoder.encode(texts).vectors, wanted, rtol=0, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bert", "roberta"])
@pytest.mark.parametrize("method", ["lora", "adapter", "full"])
def test_a_checkpoint_is_gone_on_from_and_serves(
    toy: list[Item],
    small: LanguageConfig,
    checkpoint: Callable[[str], Path],
    tmp_path: Path,
    kind: str,
    method: Any,
) -> None:
    few = small.model_copy(update={"epochs": 2, "pair_epochs": 2, "full_rate": 5e-3})
    teaching = begun(toy, few, checkpoint=str(checkpoint(kind)), method=method)
    (before, after), _, _ = teaching.guess()
    assert after < before
    (before, after), _ = teaching.draw()
    # Few weights of a tiny random network, in two epochs, may not change what is told apart.
    assert after > before if method == "full" else after >= before
    windows = [next(teaching.vocabulary.windows(teaching.vocabulary.pieces(["red cup"])[0], 24))]
    wanted = teaching.reader.encoded(windows, teaching.vocabulary).numpy()[0]
    facts = teaching.write(tmp_path)
    assert (facts.method, facts.width) == (method, 16)
    (row,) = open_encoder(f"shop:{tmp_path}", "text").encode(["red cup"]).vectors
    np.testing.assert_allclose(row, wanted / np.linalg.norm(wanted), rtol=0, atol=1e-4)
