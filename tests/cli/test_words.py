"""Two languages: chosen once, from the line, the environment or the locale."""

import pytest

from zhiyin.cli.words import choose, without_choice


@pytest.mark.parametrize(
    ("line", "environment", "language"),
    [
        ([], {}, "en"),
        (["--lang", "zh"], {}, "zh"),
        (["fit", "--lang=zh-CN"], {"ZHIYIN_LANG": "en"}, "zh"),
        (["--lang"], {}, "en"),
        ([], {"ZHIYIN_LANG": "zh"}, "zh"),
        (["--lang", "en"], {"ZHIYIN_LANG": "zh"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LC_ALL": "", "LANG": "zh_TW.UTF-8"}, "zh"),
        ([], {"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_nearest_choice(
    line: list[str], environment: dict[str, str], language: str
) -> None:
    assert choose(line, environment) == language


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (["fit", "--lang", "zh", "--json"], ["fit", "--json"]),
        (["--lang=zh", "fit"], ["fit"]),
        (["fit", "--lang"], ["fit"]),
        (["fit"], ["fit"]),
    ],
)
def test_the_choice_may_stand_anywhere(line: list[str], kept: list[str]) -> None:
    assert without_choice(line) == kept
