"""The settings of a shop: a TOML file, overridden by the environment.

``ZHIYIN_STORE=…`` sets ``store``; two underscores go one level down, as in
``ZHIYIN_KINDS__BUY__WEIGHT=8``. A key that does not exist is refused, wherever it
comes from, with the nearest one that does.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
)

from zhiyin.core.config import Config
from zhiyin.core.errors import BadSettings

SETTINGS_FILE = "zhiyin.toml"
PREFIX = "ZHIYIN_"
# Variables of ours that are no settings of a shop: for the terminal, the tests, or a secret.
NOT_SETTINGS = frozenset({"ZHIYIN_SHOP", "ZHIYIN_LANG", "ZHIYIN_ENCODER_KEY"})
_TEST_PREFIX = "ZHIYIN_TEST_"


class KindSettings(Config):
    """What one kind of event says about a shopper's want."""

    weight: float = 0.0
    """How much one such event says; negative for dislike, return and hide; 0: nothing."""
    half_life_days: PositiveFloat | None = None
    """After so many days it counts half; none: it never fades."""
    value: Literal["none", "quantity", "seconds", "stars", "revenue"] = "none"
    """What the number in ``value`` means, and so how it scales the weight."""
    scale: PositiveFloat = 1.0
    """The value at which the weight counts once: 30 seconds, 100 yuan, 2 stars off 3."""


DEFAULT_KINDS: dict[str, KindSettings] = {
    "view": KindSettings(weight=1.0, half_life_days=14),
    "click": KindSettings(weight=1.5, half_life_days=14),
    "dwell": KindSettings(weight=1.0, half_life_days=14, value="seconds", scale=30),
    "search": KindSettings(weight=0.0, half_life_days=7),
    "impression": KindSettings(weight=0.0, half_life_days=7),
    "favourite": KindSettings(weight=3.0, half_life_days=60),
    "cart": KindSettings(weight=4.0, half_life_days=30),
    "buy": KindSettings(weight=6.0, half_life_days=120, value="quantity"),
    "rate": KindSettings(weight=4.0, half_life_days=180, value="stars", scale=2),
    "return": KindSettings(weight=-6.0, half_life_days=120, value="quantity"),
    "dislike": KindSettings(weight=-4.0, half_life_days=90),
    "hide": KindSettings(weight=-3.0, half_life_days=90),
}


class IngestSettings(Config):
    """Limits of what is read from files and from callers."""

    batch_rows: PositiveInt = 50_000
    """Rows checked and committed at a time."""
    max_field_bytes: PositiveInt = 1_000_000
    """A longer field is refused; it is a mistake or an attack."""
    max_ratio: PositiveInt = 200
    """A compressed file that grows more than so many times is refused as a bomb."""
    future_days: NonNegativeInt = 1
    """An event may be so far ahead of the clock: clocks differ."""


class SearchSettings(Config):
    """What decides the order of a search; the weights were tuned on validation queries."""

    words: NonNegativeFloat = 1.0
    """Weight of full text: the words of the query in the goods' own words."""
    meaning: NonNegativeFloat = 0.2
    """Weight of the query's meaning beside the meaning of the goods' words."""
    joint: NonNegativeFloat = 0.15
    """Weight of the one space of words and pictures: what a picture shows, asked in words."""
    looks: NonNegativeFloat = 1.0
    """Weight of looking like the picture that was sent."""
    wishes: NonNegativeFloat = 2.0
    """Weight of what was understood: colours, brands, categories, occasions."""
    personal: NonNegativeFloat = 0.3
    """Weight of the shopper's own history, where the shopper agreed."""
    fusion: Literal["scores", "ranks"] = "scores"
    """How the sources become one order: by their scores, or by their ranks."""
    rank_constant: PositiveFloat = 60.0
    """With "ranks": larger lets what stands lower count for more."""
    reach: PositiveInt = 300
    """So many goods of each source are put in order; what matches beyond them follows."""
    patience_seconds: PositiveFloat = 1.0
    """A part that has not answered after so long is left out of that search."""
    synonyms: Path = Path("synonyms.txt")
    """File of the shop's synonyms, in its folder: lines such as "丝巾, scarf"."""


class ServiceSettings(Config):
    """Limits of what callers from outside may ask."""

    max_body_bytes: PositiveInt = 16_000_000
    """A larger body is refused, packed or unpacked."""
    max_rows: PositiveInt = 10_000
    """Events or items in one request."""
    max_ratio: PositiveInt = 100
    """A packed body of more than a megabyte that grows more than so many times is refused."""
    body_seconds: PositiveFloat = 20.0
    """A body that has not arrived after so long is given up; likewise the head of a request."""
    answer_seconds: PositiveFloat = 30.0
    """A request that has no answer after so long is told so."""
    per_minute: PositiveInt = 6_000
    """Requests in a minute of one key, or of one address where no key is asked for."""


class EncoderSettings(Config):
    """What makes vectors of words and pictures; the reference of encoders lists the names."""

    text: str = Field(default="use", min_length=1, max_length=500)
    """Encoder of words: use, sentence-transformers:NAME, hf:NAME, https://HOST/v1#MODEL …; none."""
    image: str = Field(default="efficientnet", min_length=1, max_length=500)
    """Encoder of pictures: efficientnet, palette, hf:NAME, open-clip:ARCHITECTURE:FILE …; none."""


class Settings(Config):
    """All settings of a shop; every one has a default that works."""

    name: str = Field(default="shop", pattern=r"^[\w.-]{1,64}$")
    """Separates shops that share one database."""
    store: str = "sqlite:///shop.db"
    """Where goods and events live: sqlite:///FILE, postgresql://…, or memory://."""
    cache: str | None = None
    """A Redis in front of the store, such as redis://127.0.0.1:6379/0; none: not needed."""
    artifacts: Path = Path("artifacts")
    """Folder of what was learnt."""
    images: Path = Path("images")
    """Folder of the items' pictures; image paths are relative to it."""
    timezone: str = "UTC"
    """Zone of times that carry none."""
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    """Currency of prices that name none."""
    languages: tuple[str, ...] = ("zh", "en")
    """Languages of the shop, the main one first."""
    seed: int = 7
    """Everything random is derived from it."""
    kinds: dict[str, KindSettings] = DEFAULT_KINDS
    """Kinds of events; a new one is declared by naming it here."""
    ingest: IngestSettings = IngestSettings()
    encoders: EncoderSettings = EncoderSettings()
    service: ServiceSettings = ServiceSettings()
    search: SearchSettings = SearchSettings()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is not a time zone such as Asia/Shanghai") from error
        return name


def load_settings(
    file: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from ``file`` (may be absent), then the environment (default: the real one)."""
    values: dict[str, Any] = {
        "kinds": {name: kind.model_dump() for name, kind in DEFAULT_KINDS.items()}
    }
    where = "the environment"
    if file is not None and file.exists():
        where = str(file)
        _overlay(values, _read(file))
        check_settings(values, where)
    _overlay(values, _from_environment(os.environ if environment is None else environment))
    return check_settings(values, where if environment == {} else "the environment or " + where)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(
            key="*", where=file, problem=f"not TOML ({error})", remedy="correct that line"
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS or name.startswith(_TEST_PREFIX):
            continue
        *folders, leaf = name[len(PREFIX) :].lower().split("__")
        place = found
        for folder in folders:
            place = place.setdefault(folder, {})
        place[leaf] = _value(text)
    return found


def _value(text: str) -> Any:
    """Lists and tables may be given as JSON; anything else is text that pydantic reads."""
    if text[:1] in "[{":
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _overlay(under: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(under.get(key), dict):
            _overlay(under[key], value)
        else:
            under[key] = dict(value) if isinstance(value, Mapping) else value


def check_settings(values: Mapping[str, Any], where: str) -> Settings:
    """Settings from plain values; BadSettings names the key, ``where`` and the remedy."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            near = get_close_matches(str(first["loc"][-1]), _known(first["loc"]), n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "remove it"
            problem = "there is no such setting"
        else:
            problem, remedy = first["msg"], "correct the value"
        raise BadSettings(key=key, where=where, problem=problem, remedy=remedy) from error


def _known(location: tuple[int | str, ...]) -> list[str]:
    """The names that could have been meant where ``location`` names none."""
    if len(location) == 1:
        return list(Settings.model_fields)
    if location[0] == "kinds":
        return list(KindSettings.model_fields)
    section = type(Settings.model_fields[str(location[0])].default)
    return list(section.model_fields) if issubclass(section, Config) else []
