"""MovieLens in its three layouts, small, and the real ml-latest-small."""

from datetime import UTC, datetime
from pathlib import Path

from zhiyin.core import Event, Item

MOVIES = """movieId,title,genres
1,Toy Story (1995),Adventure|Children
2,"Postman, The (Postino, Il) (1994)",Drama
3,Untitled,(no genres listed)
"""
RATINGS = """userId,movieId,rating,timestamp
7,1,4.5,1260759144
7,2,3.0,1260759179
8,1,,1260759182
9,3,five,1260759182
"""
TAGS = """userId,movieId,tag,timestamp
7,1,pixar,1138537770
8,1,pixar,1138537771
8,1,toys,1138537772
"""


def test_the_newest_layout_gives_films_with_tags_and_ratings_as_stars(lay, bring) -> None:
    folder = lay({"movies.csv": MOVIES, "ratings.csv": RATINGS, "tags.csv": TAGS})
    brought = bring("movielens", folder)
    assert brought.items["1"] == Item(
        id="1",
        title="Toy Story (1995)",
        tags=("Adventure", "Children", "pixar", "toys"),
        attributes={"year": 1995},
    )
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="7",
        item="1",
        kind="rate",
        time=datetime(2009, 12, 14, 2, 52, 24, tzinfo=UTC),
        value=4.5,
    )


def test_a_title_with_commas_and_a_film_without_genre_are_read(lay, bring) -> None:
    brought = bring("movielens", lay({"movies.csv": MOVIES, "ratings.csv": RATINGS}))
    assert brought.items["2"].title == "Postman, The (Postino, Il) (1994)"
    assert brought.items["3"] == Item(id="3", title="Untitled")


def test_a_rating_that_is_no_number_is_refused_and_the_rest_goes_in(lay, bring) -> None:
    brought = bring("movielens", lay({"movies.csv": MOVIES, "ratings.csv": RATINGS}))
    assert [event.item for event in brought.events] == ["1", "2", "1"]
    assert (len(brought.items), brought.refused) == (3, 1)


def test_posters_beside_the_films_are_their_pictures(lay, bring) -> None:
    folder = lay({"movies.csv": MOVIES, "ratings.csv": RATINGS, "posters/2.jpg": "x"})
    items = bring("movielens", folder).items
    assert items["2"].images == ("2.jpg",)
    assert items["1"].images == ()


def test_ml_1m_parts_its_columns_by_two_colons(lay, bring) -> None:
    films = "1::Toy Story (1995)::Animation|Comedy\n2::Amélie: a film (2001)::Comedy\nbroken\n"
    ratings = "1::2::5::978300760\n1::1::3::978302109\n1::1\n"
    folder = lay({"movies.dat": films, "ratings.dat": ratings}, encoding="latin-1")
    brought = bring("movielens", folder)
    assert brought.items["2"].title == "Amélie: a film (2001)"
    assert brought.items["1"].tags == ("Animation", "Comedy")
    assert [(e.shopper, e.item, e.value) for e in brought.events] == [("1", "2", 5), ("1", "1", 3)]
    assert brought.refused == 2


def test_ml_100k_flags_its_genres(lay, bring) -> None:
    flags = ["0"] * 19
    flags[1] = flags[5] = "1"
    film = "|".join(["1", 'Café "Noir" (1994)', "01-Jan-1994", "", "http://x", *flags])
    folder = lay({"u.item": film + "\n", "u.data": "196\t1\t3\t881250949\n"}, encoding="latin-1")
    brought = bring("movielens", folder)
    assert brought.items["1"].tags == ("Action", "Comedy")
    assert brought.items["1"].title == 'Café "Noir" (1994)'
    assert brought.events[0].time == datetime(1997, 12, 4, 15, 55, 49, tzinfo=UTC)


def test_the_ratings_alone_may_be_given(lay, bring) -> None:
    folder = lay({"ratings.csv": RATINGS})
    assert len(bring("movielens", folder / "ratings.csv").events) == 3


def test_the_real_small_movielens_comes_in_whole(data: Path, bring) -> None:
    brought = bring("movielens", data / "movielens")
    assert len(brought.events) == 100_004
    assert len(brought.items) == 9_125
    assert brought.refused == 0
    assert len({event.item for event in brought.events}) == 9_066
    pictured = {id for id, item in brought.items.items() if item.images}
    assert sum(event.item in pictured for event in brought.events) == 66_815
