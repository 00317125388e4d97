"""Making and opening shops: nothing by accident, every setting kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.app import create_shop, open_shop
from zhiyin.app.writing import settings_text
from zhiyin.core import (
    BadSettings,
    Conflict,
    NotFound,
    Unavailable,
    check_settings,
    load_settings,
)


def test_a_new_shop_opens_empty(tmp_path: Path) -> None:
    file = create_shop(tmp_path / "tea house")
    assert file == tmp_path / "tea house" / "zhiyin.toml"
    with open_shop(tmp_path / "tea house") as shop:
        assert shop.settings.name == "tea-house"
        assert shop.store.catalogue.count() == shop.store.events.count() == 0
        assert shop.live() is None


def test_a_shop_is_named_after_its_folder_in_any_script(tmp_path: Path) -> None:
    create_shop(tmp_path / "云间集")
    with open_shop(tmp_path / "云间集") as shop:
        assert shop.settings.name == "云间集"


def test_a_mistyped_folder_makes_no_shop(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="zhiyin init") as caught:
        open_shop(tmp_path / "shpo")
    assert "shpo" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_shop_is_not_made_twice(folder: Path) -> None:
    before = (folder / "zhiyin.toml").read_text()
    with pytest.raises(Conflict, match="already exists"):
        create_shop(folder, currency="USD")
    assert (folder / "zhiyin.toml").read_text() == before


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    with pytest.raises(Unavailable, match="name another folder"):
        create_shop(tmp_path / "file")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"curency": "USD"}, "curency"),
        ({"currency": "yuan"}, "currency"),
        ({"timezone": "Shanghai"}, "timezone"),
        ({"name": "a/b"}, "name"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_made(
    tmp_path: Path, values: dict[str, str], key: str
) -> None:
    with pytest.raises(BadSettings, match=f"setting '{key}' in the new shop"):
        create_shop(tmp_path / "shop", **values)
    assert not (tmp_path / "shop").exists()


def test_every_given_setting_is_written(tmp_path: Path) -> None:
    given = {
        "name": "tea",
        "store": 'sqlite:///the "best" shop.db',
        "timezone": "Asia/Shanghai",
        "currency": "USD",
        "seed": 42,
        "languages": ["en", "zh"],
        "images": "pictures",
        "kinds": {"view": {"weight": 2.0}, "wish": {"weight": 3.0, "half_life_days": 9.5}},
        "ingest": {"future_days": 3},
    }
    file = create_shop(tmp_path / "shop", **given)
    settings = load_settings(file, {})
    assert (settings.seed, settings.languages, settings.currency) == (42, ("en", "zh"), "USD")
    assert settings.store == given["store"]
    assert settings.images == Path("pictures")
    assert settings.ingest.future_days == 3
    assert settings.kinds["wish"].half_life_days == 9.5
    assert (tmp_path / "shop" / "pictures").is_dir()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_read_back_as_it_was_written(tmp_path_factory: object, store: str) -> None:
    settings = check_settings({"store": store}, "a test")
    file = tmp_path_factory.mktemp("toml") / "zhiyin.toml"  # type: ignore[attr-defined]
    file.write_text(settings_text(settings), encoding="utf-8", newline="")
    assert load_settings(file, {}).store == store


def test_the_environment_overrides_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIYIN_STORE", "memory://")
    monkeypatch.setenv("ZHIYIN_KINDS__BUY__WEIGHT", "8")
    with open_shop(folder) as shop:
        assert shop.settings.store == "memory://"
        assert shop.settings.kinds["buy"].weight == 8
    assert not (folder / "shop.db").exists()


def test_a_store_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    create_shop(tmp_path / "shop", store="mysql://root@127.0.0.1/shop")
    with pytest.raises(BadSettings, match=r"no store 'mysql'; use .*sqlite:///shop\.db"):
        open_shop(tmp_path / "shop")


def test_a_closed_shop_may_be_closed_again(folder: Path) -> None:
    shop = open_shop(folder)
    shop.close()
    shop.close()
