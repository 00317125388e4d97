"""MovieLens: star ratings of films, in the three layouts of GroupLens.

=============== ================================================= =====================
ml-100k         u.data (tabs), u.item (``|``, Latin-1, 19 flags)  no header
ml-1m, ml-10m   ratings.dat, movies.dat (``::``, Latin-1)         no header
ml-latest, -25m ratings.csv, movies.csv, tags.csv                 header, UTF-8
=============== ================================================= =====================

A rating is an event ``rate`` with its stars as value. Genres are tags, since a film has
several and they are no path; the words that people gave most often (tags.csv) follow
them. The year at the end of a title is also an attribute. A poster is taken when
``posters/<id>.jpg`` is beside: set ``images`` in zhiyin.toml to that folder.
``users.dat`` and ``u.user`` are not read: a shopper is their history.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from zhiyin.data.importers.columns import parted_by
from zhiyin.data.importers.importer import Importer, Step, first, table
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import LINE, Expand, Row

GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery"),
    *("Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
NO_GENRE = "(no genres listed)"
MOST_TAGS = 10
_RATING = ("shopper", "item", "value", "time")
_LATIN: dict[str, object] = {"format": "lines", "encoding": "latin-1"}
_YEAR = re.compile(r"\((\d{4})\)\s*$")


def _steps(path: Path) -> list[Step]:
    return _latest(path) or _million(path) or _hundred_thousand(path)


def _latest(path: Path) -> list[Step]:
    columns = {"shopper": "userId", "item": "movieId", "value": "rating", "time": "timestamp"}
    ratings = Mapping(into="events", format="csv", fields=columns, constants={"kind": "rate"})
    return _both(path, ("movies.csv", _films("movieId", path), {}), ("ratings.csv", ratings))


def _million(path: Path) -> list[Step]:
    ratings = Mapping(
        into="events",
        format="lines",
        transform=parted_by("::", _RATING),
        constants={"kind": "rate"},
    )

    def films(row: Row) -> Iterator[Row]:
        id, title, genres = row[LINE].split("::")
        yield _film(path, id, title, genres.split("|"))

    return _both(
        path,
        ("movies.dat", films, _LATIN),
        ("ratings.dat", ratings),
    )


def _hundred_thousand(path: Path) -> list[Step]:
    ratings = Mapping(
        into="events",
        format="tsv",
        header=False,
        columns_in_order=_RATING,
        constants={"kind": "rate"},
    )

    def films(row: Row) -> Iterator[Row]:
        id, title, _released, _video, _link, *flags = row[LINE].split("|")
        flagged = [genre for genre, flag in zip(GENRES, flags, strict=True) if flag == "1"]
        yield _film(path, id, title, flagged)

    return _both(path, ("u.item", films, _LATIN), ("u.data", ratings))


def _both(
    path: Path, films: tuple[str, Expand, dict[str, object]], ratings: tuple[str, Mapping]
) -> list[Step]:
    pattern, expand, shape = films
    found = []
    if file := first(path, pattern):
        items = Mapping.model_validate({"into": "items", "expand": expand, **shape})
        found.append(Step(file, items))
    if file := first(path, ratings[0]):
        found.append(Step(file, ratings[1]))
    return found


def _films(column: str, path: Path) -> Expand:
    @cache
    def words() -> dict[str, list[str]]:
        return _most_given(path.parent if path.is_file() else path)

    def films(row: Row) -> Iterator[Row]:
        id = row[column]
        genres = [g for g in (row["genres"] or "").split("|") if g not in ("", NO_GENRE)]
        yield _film(path, id, row["title"], [*genres, *words().get(id, ())])

    return films


def _film(path: Path, id: str, title: str, tags: Iterable[str]) -> Row:
    year = _YEAR.search(title)
    folder = (path.parent if path.is_file() else path) / "posters"
    return {
        "id": id,
        "title": title,
        "tags": list(dict.fromkeys(tags)),
        "attributes": {"year": int(year[1])} if year else {},
        "images": [f"{id}.jpg"] if (folder / f"{id}.jpg").is_file() else [],
    }


def _most_given(folder: Path) -> dict[str, list[str]]:
    """Film → the words given to it, the most frequent first (tags.csv, if it is there)."""
    given: defaultdict[str, Counter[str]] = defaultdict(Counter)
    if (file := folder / "tags.csv").is_file():
        for row in table(file, "movieId", "tag"):
            given[row["movieId"]][row["tag"].strip()] += 1
    return {id: [word for word, _ in words.most_common(MOST_TAGS)] for id, words in given.items()}


MOVIELENS = Importer(
    name="movielens",
    title="MovieLens",
    title_zh="MovieLens 电影评分",
    files="ratings.csv + movies.csv, ratings.dat + movies.dat, or u.data + u.item",
    home="https://grouplens.org/datasets/movielens/",
    steps=_steps,
)
