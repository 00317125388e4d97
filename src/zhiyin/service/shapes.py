"""What the routes take and give, as JSON: the same words as in Python and in the terminal."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zhiyin.core import Act, Found, Key, Manifest, Receipt, Slate
from zhiyin.service.problems import Row


class Body(BaseModel):
    """What a caller sends: a field that nobody knows is refused, so that no typo passes."""

    model_config = ConfigDict(extra="forbid")


class Items(Body):
    """Items to add or to replace."""

    items: list[dict[str, Any]] = Field(
        description="rows: id, title, description, category, brand, price, list_price, currency, "
        "stock, images, attributes, tags, variants, available_from, available_until, texts",
        examples=[[{"id": "scarf-1", "title": "如意纹丝巾", "price": "368", "stock": 12}]],
    )


class Changes(Body):
    """Fields of an item that change; null empties one."""

    changes: dict[str, Any] = Field(examples=[{"price": "298", "stock": 3}])


class Events(Body):
    """What shoppers did, one or many."""

    events: list[dict[str, Any]] = Field(
        description="rows: shopper, item, kind, and if there are: id, time, value, session, "
        "request, surface, position, propensity, query. Without a time it happened now; with an "
        "id it counts once, however often it is sent",
        examples=[[{"id": "e-1", "shopper": "lin", "item": "scarf-1", "kind": "view"}]],
    )


class Taken(BaseModel):
    """What became of the rows. All that is counted here is on disk."""

    new: int = Field(description="stored, or changed")
    seen: int = Field(description="there already, the same")
    refused: list[Row]

    @classmethod
    def of(cls, receipt: Receipt, lang: str) -> "Taken":
        """A receipt in the caller's language."""
        rows = [Row.of(refusal, lang) for refusal in receipt.refused]
        return cls(new=receipt.new, seen=receipt.seen, refused=rows)


class Gone(BaseModel):
    """How many were there."""

    deleted: int


class Ask(Body):
    """Who wants recommendations, and where they are shown."""

    shopper: str | None = Field(None, max_length=256, description="none: a guest")
    after: list[str] = Field([], max_length=200, description="items viewed just now, oldest first")
    k: int = Field(10, ge=1, le=1000)
    surface: str = Field("for_you", max_length=256)
    exclude: list[str] = Field([], max_length=1000)


class Because(BaseModel):
    """One checkable statement why an item is on the slate."""

    kind: str
    evidence: list[str]
    weight: float | None = Field(description="the share of the score that goes without it")


class Line(BaseModel):
    """One line of how the answer came about."""

    step: str
    message: str
    message_zh: str


class Shown(BaseModel):
    """One item of a slate."""

    id: str
    score: float | None
    propensity: float = Field(description="the chance that it was shown there")
    reasons: list[Because]


class Answer(BaseModel):
    """A slate, best first, and how it came about."""

    request: str = Field(description="send it with the events that come of this slate")
    items: list[Shown]
    trace: list[Line]
    artifacts: list[str]

    @classmethod
    def of(cls, slate: Slate) -> "Answer":
        """What Python gives, as JSON."""
        rows = zip(slate.items, slate.scores, slate.propensities, slate.reasons, strict=True)
        return cls(
            request=slate.request_id,
            items=[
                Shown(
                    id=id,
                    score=_number(score),
                    propensity=float(chance),
                    reasons=[
                        Because(kind=r.kind, evidence=[*r.evidence], weight=_number(r.weight))
                        for r in reasons
                    ],
                )
                for id, score, chance, reasons in rows
            ],
            trace=[Line(**told.record()) for told in slate.trace],
            artifacts=[*slate.artifacts],
        )


class Search(Body):
    """What is looked for: words, a picture, or both."""

    query: str = Field("", max_length=2_000, examples=["红色丝巾 200元以内"])
    picture: str | None = Field(
        None, max_length=16_000_000, description="a picture file, base64: JPEG, PNG, WebP …"
    )
    like: str | None = Field(None, max_length=256, description="an item: what is like it")
    where: dict[str, Any] | None = Field(None, examples=[{"brand": "岫云坊"}])
    without: list[str] = Field([], max_length=50, description="ids of chips that do not hold")
    sort: Literal["relevance", "price_up", "price_down", "newest", "popular"] = "relevance"
    k: int = Field(20, ge=1, le=200)
    cursor: str | None = Field(None, max_length=4_000, description="``next`` of the page before")
    shopper: str | None = Field(None, max_length=256)
    personal: bool = Field(False, description="whether the shopper's history may count")


class Hit(BaseModel):
    """One item that was found."""

    id: str
    score: float | None
    reasons: list[Because]
    highlights: dict[str, list[tuple[int, int]]] = Field(
        description="field → the stretches of its text that match"
    )


class ChipShown(BaseModel):
    """One thing that was understood; send its id in ``without`` to take it away."""

    id: str
    kind: str
    words: str
    label: str
    label_zh: str
    hard: bool = Field(description="what fails it is not shown; a soft one is a wish")
    where: dict[str, Any] | None


class Choice(BaseModel):
    """One choice of a facet; send its ``where`` to choose it."""

    label: str
    label_zh: str
    count: int
    chosen: bool
    where: dict[str, Any]


class FacetShown(BaseModel):
    """One way to narrow what was found."""

    name: str
    label: str
    label_zh: str
    values: list[Choice]


class Results(BaseModel):
    """One page of what was found."""

    request: str = Field(description="send it with the events that come of this page")
    total: int
    items: list[Hit]
    chips: list[ChipShown]
    facets: list[FacetShown]
    relaxed: list[Line] = Field(description="what was given up so that something is found")
    corrected: str | None = Field(description="the query as searched, a typing error mended")
    next: str | None = Field(description="the cursor of the next page; none: this was the last")
    trace: list[Line]
    artifacts: list[str]

    @classmethod
    def of(cls, found: Found) -> "Results":
        """What Python gives, as JSON."""
        return cls.model_validate(found.record())


class Suggestions(BaseModel):
    """How what is being typed may go on."""

    suggestions: list[str]


class Promote(Body):
    """Which artifact answers from now on."""

    artifact: str = Field(min_length=1, max_length=256)


class Artifact(BaseModel):
    """Something that was learnt."""

    id: str
    kind: str
    stage: str
    created: datetime
    cut: int = Field(description="the number of the newest event that it saw")
    metrics: dict[str, float | None]

    @classmethod
    def of(cls, manifest: Manifest) -> "Artifact":
        """A manifest, the part that callers need."""
        return cls(
            id=manifest.id,
            kind=manifest.kind,
            stage=manifest.stage,
            created=manifest.created,
            cut=manifest.cut,
            metrics={name: _number(value) for name, value in manifest.metrics.items()},
        )


class Live(BaseModel):
    """What answers now, and what else there is."""

    live: str | None
    artifacts: list[Artifact]


class NewKey(Body):
    """A key to be made."""

    scopes: list[str] = Field(min_length=1, examples=[["events:write", "recommend:read"]])
    label: str = Field("", max_length=200)
    origins: list[str] = Field([], max_length=20, examples=[["https://shop.example"]])
    expires: datetime | None = None
    per_minute: int | None = Field(None, ge=1, le=10_000_000)


class KeyShown(BaseModel):
    """A key without its secret."""

    id: str
    label: str
    scopes: list[str]
    origins: list[str]
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    per_minute: int | None

    @classmethod
    def of(cls, key: Key) -> "KeyShown":
        """A key as it may be shown."""
        return cls(
            id=key.id,
            label=key.label,
            scopes=sorted(key.scopes),
            origins=[*key.origins],
            created=key.created,
            expires=key.expires,
            revoked=key.revoked,
            per_minute=key.per_minute,
        )


class KeyMade(BaseModel):
    """A new key with its token, which is shown this once."""

    key: KeyShown
    token: str


class KeyList(BaseModel):
    """All keys there were, the oldest first."""

    keys: list[KeyShown]


class Done(BaseModel):
    """One line of the audit log."""

    time: datetime
    who: str
    what: str
    about: str

    @classmethod
    def of(cls, act: Act) -> "Done":
        """An act as JSON."""
        return cls(time=act.time, who=act.who, what=act.what, about=act.about)


class Acts(BaseModel):
    """The audit log, newest first."""

    acts: list[Done]


class Health(BaseModel):
    """Whether the process is there."""

    status: Literal["ok"]


class Ready(BaseModel):
    """Whether every shop's store answers, and whether something is live."""

    ready: bool
    shops: int
    live: int = Field(description="shops with something promoted")


def _number(value: Any) -> float | None:
    """A number that JSON has: it knows no NaN and no infinity."""
    found = float(value)
    return found if abs(found) < float("inf") else None
