"""Importers by name: found, not found, added by a package; and what they ask for."""

import json
import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from zhiyin.core import NotFound, Settings
from zhiyin.data.importers import IMPORTERS, Importer, Step, import_from, registry
from zhiyin.data.ingest import Mapping, ingest
from zhiyin.data.stores import open_store

OURS = {
    "amazon-reviews",
    "coveo",
    "gorse",
    "hm",
    "metarank",
    "mmrec",
    "movielens",
    "open-bandit",
    "recbole",
    "retailrocket",
    "tafeng",
    "ubi",
    "userbehavior",
}


def test_all_promised_importers_are_there_and_describe_themselves() -> None:
    assert set(IMPORTERS) >= OURS
    for name, importer in IMPORTERS.items():
        assert importer.name == name
        assert all((importer.title, importer.title_zh, importer.files, importer.home))
        assert re.search("[一-鿿]", importer.title_zh) or importer.title_zh.isascii()


def test_an_unknown_name_is_answered_with_near_ones_and_the_list(tmp_path: Path) -> None:
    store = open_store("memory://", shop="importers")
    with pytest.raises(NotFound) as caught:
        import_from("movielense", tmp_path, store, Settings())
    told = str(caught.value)
    assert "did you mean movielens?" in told
    assert all(name in told for name in OURS)
    assert "是否指 movielens？" in caught.value.text("zh")


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_folder_without_its_files_is_told_what_to_look_for_and_where(name, tmp_path) -> None:
    with pytest.raises(NotFound) as caught:
        IMPORTERS[name].plan(tmp_path)
    told = str(caught.value)
    assert str(tmp_path) in told
    assert IMPORTERS[name].files in told
    assert IMPORTERS[name].home in told
    assert IMPORTERS[name].title_zh in caught.value.text("zh")


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        IMPORTERS["hm"].plan(tmp_path / "nowhere")


PAIRS = Mapping(into="events", constants={"kind": "view"}, time_unit="s")
MINE = Importer(
    name="mine",
    title="Mine",
    title_zh="我的",
    files="*.pairs",
    home="me",
    steps=lambda path: [Step(lambda: [{"shopper": "a", "item": "b", "time": 1}], PAIRS, "pairs")],
)


def test_a_package_adds_an_importer_by_an_entry_point(monkeypatch, tmp_path: Path) -> None:
    found = [
        EntryPoint("mine", f"{__name__}:MINE", registry.GROUP),
        EntryPoint("broken", "no_such_module:THING", registry.GROUP),
        EntryPoint("wrong", "json:dumps", registry.GROUP),
    ]
    monkeypatch.setattr(EntryPoint, "load", lambda self: _load(self))
    monkeypatch.setattr(registry, "entry_points", lambda group: found)
    importers = registry.Importers()
    assert importers["mine"] is MINE
    assert set(importers) == {*OURS, "mine"}


def _load(entry: EntryPoint) -> object:
    if entry.name == "broken":
        raise ImportError(entry.value)
    return MINE if entry.name == "mine" else print


def test_rows_from_a_function_are_imported_like_a_file(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(registry, "OURS", (*registry.OURS, MINE))
    monkeypatch.setattr("zhiyin.data.importers.importing.IMPORTERS", registry.Importers())
    store = open_store("memory://", shop="importers")
    report = import_from("mine", tmp_path, store, Settings())
    assert (report.new, report.refused) == (1, {})
    assert store.events.count() == 1


LOG = "1,10,7,pv,1511544070\n1,11,7,stare,1511544071\n,12,7,pv,1511544072\n"


def test_imported_again_nothing_is_new_and_what_was_whole_is_not_read(lay, tmp_path) -> None:
    folder = lay({"UserBehavior.csv": LOG})
    store = open_store("memory://", shop="importers")
    first = import_from("userbehavior", folder, store, Settings())
    again = import_from("userbehavior", folder, store, Settings())
    assert (first.new, again.new) == (4, 0)
    assert [file.into for file in first.files] == ["items", "events"]
    assert [file.skipped for file in again.files] == [False, True]


def test_refused_rows_of_all_steps_are_in_one_file_however_often_it_runs(lay, tmp_path) -> None:
    rejects = tmp_path / "rejects.jsonl"
    rejects.write_text('{"file": "of another import", "row": 1}\n')
    movies = "movieId,title,genres\n,Nameless,Drama\n"
    ratings = "userId,movieId,rating,timestamp\n1,2,good,1260759144\n1,2,3,1260759144\n"
    folder = lay({"ml/movies.csv": movies, "ml/ratings.csv": ratings}) / "ml"
    store = open_store("memory://", shop="importers")
    for _ in range(2):
        report = import_from("movielens", folder, store, Settings(), rejects=rejects)
        told = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
        assert sorted((Path(each["file"]).name, each["row"]) for each in told) == [
            ("movies.csv", 2),
            ("ratings.csv", 2),
        ]
    assert report.rejects == rejects


HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "import.md"


def test_the_page_for_users_names_every_importer_with_a_command() -> None:
    page = HOW_TO.read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| `zhiyin import ([a-z-]+) ", page, re.MULTILINE))
    assert rows == {name: name for name in OURS}


def test_the_importer_shown_to_users_works(lay) -> None:
    [code] = re.findall(r"```python\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    mine = names["MINE"]
    assert isinstance(mine, Importer)
    folder = lay({"orders.csv": "buyer,sku,time\n1,a,1511544070\n"})
    store = open_store("memory://", shop="importers")
    [step] = mine.plan(folder)
    assert ingest(step.source, store, Settings(), mapping=step.mapping).new == 1
