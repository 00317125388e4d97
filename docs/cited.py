"""The last two columns of docs/papers.md: what ours reach, and what their authors report."""

import re
from collections.abc import Mapping

from benchmarks.contenders import CONTENDERS, PUBLISHED, Contender
from benchmarks.sequential import PUBLISHED as NEXT
from compared import SHOPS, tested
from records import load, spread

# Papers whose algorithm has no file, or no settings, of its own.
WITHIN = {"BM25": "item-kNN BM25", "LATTICE": "LATTICE", "FREEDOM": "FREEDOM"}


def papers(page: str) -> str:
    """The page with the last two cells of its rows filled in: what we reach, what they report."""
    lines = []
    for line in page.splitlines():
        cells = line.split(" | ")
        if len(cells) == 5 and (contender := _written_in(cells[1], cells[0])):
            cells[3:] = [_ours(contender), f"{_theirs(contender, cells[0])} |"]
        elif len(cells) == 5 and "sasrec.py" in cells[1]:
            cells[3:] = [_next("SASRec"), f"{_next('SASRec, published')} |"]
        lines.append(" | ".join(cells))
    return "\n".join(lines) + "\n"


def _written_in(file: str, paper: str) -> Contender | None:
    """Who is run from that file; where there are several, the one that the paper is about."""
    path = re.search(r"models/(\w+)/(\w+)\.py", file)
    if path is None:
        return None
    module = f"zhiyin.models.{path[1]}.{path[2]}"
    own = [c for c in CONTENDERS if type(c.make("baby")).__module__ == module]
    names = tuple(name for word, name in WITHIN.items() if word in paper)
    told = [c for c in own if c.name.startswith(names)] or own
    return min(told, key=lambda c: len(c.name), default=None)


def _ours(contender: Contender) -> str:
    found = {shop: tested(shop).get(contender.name, []) for shop in SHOPS}
    return _each(
        {s: spread(r["test"]["recall@20"] for r in own) for s, own in found.items() if own}
    )


def _theirs(contender: Contender, paper: str) -> str:
    name = contender.beside or ""
    if paper.startswith("| none") or name.split(" (")[0] not in paper:
        return "–"  # what it is held against is somebody else's
    reported = {shop: PUBLISHED[shop].get(name) for shop in SHOPS}
    return _each({shop: f"{four[1]:.4f}" for shop, four in reported.items() if four})


def _each(values: Mapping[str, str]) -> str:
    return " · ".join(f"{shop.title()} {value}" for shop, value in values.items()) or "–"


def _next(model: str) -> str:
    """HR@10 and NDCG@10 of "1 + 100" on Games."""
    pairs = [NEXT["games"][model]] if model in NEXT["games"] else []
    for run in load("sequential").get("runs", []):
        if run["shop"] == "games" and run["part"] == "test":
            own = [row["among"] for row in run["rows"] if row["model"] == model]
            pairs += [(row["hr@10"], row["ndcg@10"]) for row in own]
    if not pairs:
        return "–"
    return f"Games, of 101: HR@10 {pairs[0][0]:.3f}, NDCG@10 {pairs[0][1]:.3f}"
