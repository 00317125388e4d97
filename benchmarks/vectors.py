"""Vectors to search in, as a shop's are: heaps within heaps, and few directions that matter.

    spread_j ∝ j^-½        vector = unit(top + 0.8 · heap + scale · blur), scale 1 to 2

64 tops, 32 heaps each, of very unequal size; the blur of a heap stretches in directions of its
own. The settings were chosen once, to be as hard as 35,000 titles and reviews under the
Universal Sentence Encoder, whitened to 128: local dimension 17 (theirs 18), cosine with the
tenth neighbour 0.61 (theirs 0.62). Uniform noise would be harder than anything a shop has.

Made once, kept in the folder for temporary files, and mapped.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
WIDTH = 128
K = 10
TUNING, MEASURED = 100, 200
"""Queries that a setting is chosen with, and others that it is then measured with."""
SHARES = (0.5, 0.05, 0.005)
_TOPS, _HEAPS, _TURNS, _BLOCK = 64, 32, 8, 50_000
_KEPT = Path(tempfile.gettempdir(), "zhiyin-bench-vectors")


@dataclass(frozen=True, slots=True, eq=False)
class Heap:
    """Vectors, queries that are none of them, filters, and what is truly nearest."""

    vectors: Floats  # (N, D); the key of a row is its number
    queries: Floats  # (TUNING + MEASURED, D)
    filters: dict[str, npt.NDArray[np.bool_]]
    truth: dict[str, npt.NDArray[np.int64]]  # filter → (queries, K)


def load(size: int, seed: int = 11) -> Heap:
    """The heap of a size; made when it is not there. What was tuned here was tuned on seed 7."""
    folder = _KEPT / f"{size}-{seed}"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(folder, size, seed)
        (folder / "done").touch()
    filters, truth = np.load(folder / "filters.npz"), np.load(folder / "truth.npz")
    return Heap(
        np.asarray(np.load(folder / "vectors.npy", mmap_mode="r")),
        np.load(folder / "queries.npy"),
        {name: filters[name] for name in filters.files},
        {name: truth[name] for name in truth.files},
    )


def _make(folder: Path, size: int, seed: int) -> None:
    world = np.random.default_rng([seed, 1])
    spread = np.arange(1, WIDTH + 1, dtype=np.float32) ** -0.5
    spread /= np.linalg.norm(spread)

    def draw(rng: np.random.Generator, rows: int) -> Floats:
        return rng.standard_normal((rows, WIDTH), dtype=np.float32) * spread

    heaps = np.repeat(draw(world, _TOPS), _HEAPS, axis=0)
    heaps += 0.8 * draw(world, len(heaps))
    weights = world.dirichlet(np.full(len(heaps), 0.5))
    scales = world.uniform(1.0, 2.0, len(heaps)).astype(np.float32)
    turns = np.stack([world.permutation(WIDTH) for _ in range(_TURNS)])

    def sample(rng: np.random.Generator, rows: int) -> tuple[Floats, npt.NDArray[np.int64]]:
        of = rng.choice(len(heaps), rows, p=weights)
        blur = draw(rng, rows)
        blur = 0.6 * (blur + np.take_along_axis(blur, turns[of % _TURNS], axis=1))
        found = heaps[of] + scales[of, None] * blur
        return found / np.linalg.norm(found, axis=1, keepdims=True), of // _HEAPS

    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", mode="w+", dtype=np.float32, shape=(size, WIDTH)
    )
    tops = np.empty(size, np.int64)
    for start in range(0, size, _BLOCK):
        stop = min(start + _BLOCK, size)
        rng = np.random.default_rng([seed, 2, start])
        vectors[start:stop], tops[start:stop] = sample(rng, stop - start)
    vectors.flush()
    queries = sample(np.random.default_rng([seed, 3]), TUNING + MEASURED)[0]
    np.save(folder / "queries.npy", queries)
    filters = _filters(tops, np.random.default_rng([seed, 4]))
    np.savez(folder / "filters.npz", **filters)
    np.savez(folder / "truth.npz", **_truth(vectors, queries, filters))


def _filters(tops: npt.NDArray[np.int64], rng: np.random.Generator) -> dict[str, npt.NDArray]:
    """Rows drawn by lot, and whole kinds of things: what is near some queries and far from most."""
    size = len(tops)
    found = {"all": np.ones(size, np.bool_)}
    counts = np.bincount(tops, minlength=_TOPS)
    for share in SHARES:
        found[f"any {share:.1%}"] = rng.random(size) < share
        chosen: list[int] = []
        for top in rng.permutation(_TOPS):
            if counts[[*chosen, top]].sum() <= 1.1 * share * size:
                chosen.append(top)
        kinds = np.isin(tops, chosen if chosen else [counts.argmin()])
        # The smallest kind is larger than the smallest share: a part of it.
        found[f"kind {share:.1%}"] = kinds & (rng.random(size) < share * size / kinds.sum())
    return found


def _truth(
    vectors: Floats, queries: Floats, filters: dict[str, npt.NDArray]
) -> dict[str, npt.NDArray[np.int64]]:
    found = {name: np.empty((len(queries), K), np.int64) for name in filters}
    for row, query in enumerate(queries):
        scores = vectors @ query
        for name, among in filters.items():
            rows = np.flatnonzero(among)
            best = rows[np.argpartition(-scores[rows], K)[:K]]
            found[name][row] = best[np.argsort(-scores[best])]
    return found
