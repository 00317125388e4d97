"""A URL says which store; what is wrong with it is said with what to do."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from zhiyin.core import BadInput, BadSettings, Item, Unavailable
from zhiyin.data.stores import open_store, opening, postgres


def test_a_relative_file_lies_in_the_folder_which_is_made(tmp_path: Path) -> None:
    open_store("sqlite:///deep/云 间.db", "shop", folder=tmp_path / "new").close()
    assert (tmp_path / "new" / "deep" / "云 间.db").is_file()


def test_an_absolute_file_ignores_the_folder(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/a%20b.db", "shop", folder=tmp_path / "other").close()
    assert (tmp_path / "a b.db").is_file()
    assert not (tmp_path / "other").exists()


def test_each_memory_store_is_its_own() -> None:
    one, two = open_store("memory://", "shop"), open_store("memory://", "shop")
    one.catalogue.upsert([Item("a")])
    assert two.catalogue.count() == 0


@pytest.mark.parametrize(
    "url", ["mysql://host/db", "shop.db", "", "sqlite://", "sqlite:///", "sqlite:///:memory:"]
)
def test_a_url_of_no_store_is_refused_with_examples(url: str) -> None:
    with pytest.raises(BadSettings, match="use one of sqlite:///") as caught:
        open_store(url, "shop")
    assert caught.value.fields["key"] == "store"
    assert "可用 sqlite:///" in caught.value.text("zh")


def test_a_url_that_cannot_be_read_does_not_show_its_password() -> None:
    with pytest.raises(BadSettings) as caught:
        open_store("postgresql://me:secret@host:port/db", "shop")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 300])
def test_a_shop_needs_a_name_that_every_store_can_keep(name: str, tmp_path: Path) -> None:
    for url in ("memory://", "sqlite:///shop.db"):
        with pytest.raises(BadInput, match="name of the shop"):
            open_store(url, name, folder=tmp_path)


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")
    with pytest.raises(Unavailable, match=r"3\.34\.1, too old; use a Python with SQLite 3\.35"):
        open_store("sqlite:///shop.db", "shop", folder=tmp_path)


def test_without_psycopg_the_remedy_is_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"pip install 'zhiyin\[postgres\]'"):
        open_store("postgresql://host/db", "shop")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    pytest.importorskip("psycopg", reason="no psycopg")
    with pytest.raises(Unavailable, match="check that the server runs") as caught:
        open_store("postgresql://me:secret@127.0.0.1:1/db", "shop")
    assert "127.0.0.1:1/db" in str(caught.value)
    assert "secret" not in str(caught.value) + caught.value.text("zh")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"file/shop\.db"):
        open_store("sqlite:///file/shop.db", "shop", folder=tmp_path)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.db").mkdir()
    with pytest.raises(Unavailable, match="check the path"):
        open_store("sqlite:///shop.db", "shop", folder=tmp_path)


def test_another_scheme_may_be_a_plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Found:
        def load(self) -> Any:
            return lambda url, shop, folder: open_store("memory://", shop, folder=folder)

    def entry_points(group: str, name: str) -> list[Found]:
        return [Found()] if (group, name) == ("zhiyin.stores", "tape") else []

    monkeypatch.setattr(opening, "entry_points", entry_points)
    assert open_store("tape://reel", "shop", folder=tmp_path).catalogue.count() == 0
