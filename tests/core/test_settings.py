"""Settings: a file, overridden by the environment, nothing unknown accepted."""

from pathlib import Path

import pytest

from zhiyin.core import BadSettings, load_settings


def write(folder: Path, text: str) -> Path:
    file = folder / "zhiyin.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_file_and_no_environment_gives_the_defaults() -> None:
    assert load_settings(None, {}).store == "sqlite:///shop.db"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, 'currency = "USD"\nseed = 1\n')
    settings = load_settings(file, {"ZHIYIN_CURRENCY": "EUR"})
    assert (settings.currency, settings.seed) == ("EUR", 1)


def test_one_field_of_a_kind_changes_alone(tmp_path: Path) -> None:
    file = write(tmp_path, "[kinds.buy]\nweight = 9\n")
    buy = load_settings(file, {"ZHIYIN_KINDS__BUY__HALF_LIFE_DAYS": "5"}).kinds["buy"]
    assert (buy.weight, buy.half_life_days, buy.value) == (9, 5, "quantity")


def test_a_new_kind_is_declared_by_naming_it(tmp_path: Path) -> None:
    file = write(tmp_path, "[kinds.share]\nweight = 2\nhalf_life_days = 30\n")
    kinds = load_settings(file, {}).kinds
    assert kinds["share"].weight == 2
    assert "view" in kinds


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ("currancy = 'USD'", "currancy", "currency"),
        ("[kinds.buy]\nwieght = 1", "kinds.buy.wieght", "weight"),
        ("[ingest]\nbatchrows = 1", "ingest.batchrows", "batch_rows"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(
    tmp_path: Path, text: str, key: str, near: str
) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(write(tmp_path, text), {})
    assert caught.value.fields["key"] == key
    assert near in str(caught.value)
    assert str(tmp_path / "zhiyin.toml") in str(caught.value)


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(BadSettings, match="store"):
        load_settings(None, {"ZHIYIN_STOR": "memory://"})


def test_variables_of_the_terminal_and_of_the_tests_are_not_settings() -> None:
    load_settings(None, {"ZHIYIN_LANG": "zh", "ZHIYIN_SHOP": "x", "ZHIYIN_TEST_POSTGRES": "y"})


@pytest.mark.parametrize(
    "text", ["currency = 'yuan'", "seed = 'x'", "timezone = 'Mars/Olympus'", "name = '../x'"]
)
def test_a_bad_value_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(write(tmp_path, text), {})
    assert caught.value.fields["key"] == text.split(" ")[0]


def test_a_file_that_is_not_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"zhiyin\.toml"):
        load_settings(write(tmp_path, "currency = "), {})
