"""Full text: documents come and go, queries are answered, all of it in this process.

What is there is a list of segments that never change. Documents that come in make a new
one, and the old rows of their keys die; four segments of like size become one. A reader
takes the list as it finds it, so that it sees all of a change or nothing of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadRequest, Document, Keys, Mask, WordHits
from zhiyin.index.words.building import build
from zhiyin.index.words.completing import Completions, PastQueries, key
from zhiyin.index.words.config import WordsConfig
from zhiyin.index.words.cutting import cut, terms
from zhiyin.index.words.keeping import frequency, packed, tidy, without
from zhiyin.index.words.matching import Choice, Numbered, allowed, match
from zhiyin.index.words.plan import Alternative, Group, Plan
from zhiyin.index.words.reading import Reader
from zhiyin.index.words.saving import write
from zhiyin.index.words.segment import Segment
from zhiyin.index.words.sounding import Soundings
from zhiyin.index.words.spelling import Spellings
from zhiyin.index.words.synonyms import Synonyms
from zhiyin.index.words.vocabulary import Vocabulary

Ints = npt.NDArray[np.int64]

BATCH = 16_384
"""Documents of a segment when many come at once."""
_ASKED = 512
"""Completions that are looked up, of those that start alike."""
_PAST = 100_000
"""Past queries that are kept for completion."""


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """All that a reader needs, as it was at one moment."""

    segments: tuple[Segment, ...]
    reader: Reader
    documents: int


class FullText:
    """Words by key: a ``WordIndex``. Many readers and one writer at a time."""

    def __init__(
        self,
        config: WordsConfig,
        vocabulary: Vocabulary,
        segments: Iterable[Segment] = (),
        synonyms: Synonyms | None = None,
        past: Mapping[str, int] | None = None,
    ) -> None:
        self.config = config
        self._vocabulary = vocabulary
        self._synonyms = synonyms or Synonyms()
        self._past = PastQueries(past or {})
        self._lock = Lock()
        self._spellings = Spellings(vocabulary)
        self._completions = Completions(vocabulary)
        self._soundings = Soundings(vocabulary, lambda numbers: _often(self._state, numbers))
        self._state = self._stated(tuple(segments))

    def __len__(self) -> int:
        return self._state.documents

    def put(self, documents: Sequence[Document]) -> None:
        """Add documents, or replace those of the same key; the last of a key counts."""
        latest = {document.key: document for document in documents}
        if not latest:
            return
        keys = sorted(latest)
        if keys[0] < 0:
            raise BadRequest(
                what=f"key {keys[0]} of a document",
                what_zh=f"文档的键 {keys[0]}",
                remedy="give keys of zero or more",
                remedy_zh="键须为零或正整数",
            )
        with self._lock:
            gone = without(self._state.segments, np.array(keys, np.int64))
            fresh = [
                build([latest[k] for k in keys[n : n + BATCH]], self._vocabulary, self.config)
                for n in range(0, len(keys), BATCH)
            ]
            self._state = self._stated(tidy([*gone, *fresh]))

    def delete(self, keys: Keys) -> int:
        """Take keys out; how many were there."""
        with self._lock:
            before = self._state.documents
            segments = without(self._state.segments, np.unique(keys))
            self._state = self._stated(tidy(segments))
            return before - self._state.documents

    def search(
        self, query: str, k: int, among: Mask | None = None, *, all_words: bool = True
    ) -> WordHits:
        """The k best for the words of ``query``; ``all_words`` False: any of them is enough."""
        state = self._state
        plan = state.reader.plan(query)
        keys, scores = self._matched(state, plan, among, all_words=all_words)
        total = len(keys)
        if total > k:
            least = np.partition(scores, total - k)[total - k] if k else np.inf
            kept = scores >= least
            keys, scores = keys[kept], scores[kept]
        order = np.lexsort((keys, -scores))[:k]
        return WordHits(keys[order], scores[order], total, plan.told, plan.corrected)

    def matching(self, query: str, *, all_words: bool = True) -> Keys:
        """All keys that match, for counts and for other orders than by score."""
        state = self._state
        plan = replace(state.reader.plan(query), extras=())
        return np.sort(self._matched(state, plan, None, all_words=all_words)[0])

    def suggest(self, prefix: str, k: int = 8, among: Mask | None = None) -> tuple[str, ...]:
        """Completions of what is being typed, the most useful first.

        Values and titles of documents that are there and that ``among`` allows, the
        commonest first; past queries that still find something; and where these are few,
        what completes the last word alone.
        """
        prefix = prefix[: self.config.longest]
        state = self._state
        found = self._completed(state, prefix, k, among)
        head, blank, tail = prefix.rpartition(" ")
        if len(found) < k and blank and tail and head.strip():
            longer = (f"{head} {end}" for end in self._completed(state, tail, k, among))
            found += [text for text in longer if self.search(text, 1, among).total]
        distinct: dict[str, str] = {}
        for text in found:
            distinct.setdefault(key(text), text)
        return tuple(distinct.values())[:k]

    def highlight(self, text: str, query: str) -> tuple[tuple[int, int], ...]:
        """The stretches of ``text`` (start, end) that the query matches, in order."""
        plan = self._state.reader.plan(query)
        wanted = {t for group in plan.groups for one in group.alternatives for t in one.terms}
        folded, found = cut(text)
        spans: list[tuple[int, int]] = []
        places = ((start, end) for text, _, start, end in terms(found) if text in wanted)
        for start, end in sorted(folded.span(*place) for place in places):
            if spans and start <= spans[-1][1]:
                spans[-1] = spans[-1][0], max(end, spans[-1][1])
            else:
                spans.append((start, end))
        return tuple(spans)

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder; ``open_words`` reads it."""
        with self._lock:
            segments = packed(self._state.segments)
            write(folder, self.config, self._vocabulary, segments, self._past.counts)

    def use(self, synonyms: Synonyms) -> None:
        """Search with these synonyms from now on."""
        with self._lock:
            self._synonyms = synonyms
            self._state = self._stated(self._state.segments)

    def asked(self, queries: Mapping[str, int]) -> None:
        """Past queries and how often each was asked: they complete what is being typed."""
        often = sorted(queries.items(), key=lambda pair: (-pair[1], pair[0]))
        with self._lock:
            self._past = PastQueries(dict(often[:_PAST]))

    def _stated(self, segments: tuple[Segment, ...]) -> _State:
        documents = sum(segment.living for segment in segments)
        reader = Reader(
            self.config,
            self._synonyms,
            self._vocabulary,
            self._spellings,
            self._soundings,
            lambda term: frequency(segments, self._vocabulary.number(term)),
            documents,
        )
        return _State(segments, reader, documents)

    def _completed(self, state: _State, prefix: str, k: int, among: Mask | None) -> list[str]:
        """At most k texts that start so, values and past queries before titles."""
        values, titles = self._completions.starting(prefix)
        often = [(count, text, True) for text, count in self._past.starting(prefix, 4 * k)]
        often += [
            (count, self._vocabulary.term(number)[1:], False)
            for number, count in _commonest(state, values, among, k)
        ]
        found: list[str] = []
        for _, text, asked in sorted(often, key=lambda one: (-one[0], one[1])):
            if len(found) < k and (not asked or self.search(text, 1, among).total):
                found.append(text)
        more = _commonest(state, titles, among, k - len(found))
        return found + [self._vocabulary.term(number)[1:] for number, _ in more]

    def _matched(
        self, state: _State, plan: Plan, among: Mask | None, *, all_words: bool
    ) -> tuple[Keys, npt.NDArray[np.float32]]:
        groups = [self._numbered(state, group) for group in plan.groups]
        if all_words and not all(groups):
            groups = []
        groups = [group for group in groups if group]
        extras = [
            (self._vocabulary.number(term), weight * _rarity(state, term))
            for term, weight in plan.extras
        ]
        parts = [
            match(segment, groups, extras, among, all_words=all_words)
            for segment in state.segments
            if groups
        ]
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        keys, scores = zip(*parts, strict=True)
        return np.concatenate(keys), np.concatenate(scores)

    def _numbered(self, state: _State, group: Group) -> Choice:
        """The alternatives whose terms are all known."""
        return tuple(
            self._weighed(state, one)
            for one in group.alternatives
            if all(self._vocabulary.number(term) >= 0 for term in one.terms)
        )

    def _weighed(self, state: _State, one: Alternative) -> Numbered:
        worth = [
            one.weight
            * _rarity(state, term)
            * (self.config.characters if len(term) == 1 and not term.isascii() else 1.0)
            for term in one.terms
        ]
        numbers = [self._vocabulary.number(term) for term in one.terms]
        return Numbered(tuple(zip(numbers, worth, strict=True)), one.offsets)


def _rarity(state: _State, term: str) -> float:
    """Inverse document frequency: ln(1 + (N − n + ½) / (n + ½))."""
    often = state.reader.frequency(term)
    return log(1 + (state.documents - often + 0.5) / (often + 0.5))


def _often(state: _State, numbers: Ints) -> Ints:
    """In how many documents each term is, dead ones among them."""
    often = np.zeros(len(numbers), np.int64)
    for segment in state.segments:
        if len(segment.terms):
            at = segment.terms.searchsorted(numbers)
            at[at == len(segment.terms)] = 0
            there = segment.terms[at] == numbers
            often += np.where(there, segment.starts[at + 1] - segment.starts[at], 0)
    return often


def _commonest(
    state: _State, numbers: Ints, among: Mask | None, most: int
) -> list[tuple[int, int]]:
    """Terms that allowed documents hold, and how many do, the commonest first."""
    found: list[tuple[int, int]] = []
    order = np.lexsort((numbers, -_often(state, numbers)))
    for number in numbers[order][:_ASKED].tolist():
        if len(found) >= most:
            break
        if count := sum(_held(segment, number, among) for segment in state.segments):
            found.append((number, count))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _held(segment: Segment, number: int, among: Mask | None) -> int:
    """How many of the segment's allowed documents hold a term."""
    place = segment.find(number)
    if place < 0:
        return 0
    rows, impacts = segment.postings(place)
    return len(allowed(segment, rows, impacts, among)[0])
