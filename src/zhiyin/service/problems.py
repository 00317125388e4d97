"""Errors as problem documents (RFC 9457), with our codes, in the caller's language.

The one place where an error of ours becomes a status. What is no error of ours is a bug:
it is logged with the number of the request, and the caller sees nothing of its inside.
"""

from collections.abc import Mapping, Sequence
from traceback import format_exception
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from zhiyin.core import (
    BadInput,
    BadRequest,
    Conflict,
    Damaged,
    NotFitted,
    NotFound,
    Refusal,
    TooLarge,
    Unavailable,
    ZhiyinError,
    get_logger,
    shorten,
)

log = get_logger(__name__)

MEDIA = "application/problem+json"
# The first that fits: a child stands before its parent.
_STATUSES: tuple[tuple[type[ZhiyinError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (NotFitted, 409),
    (BadInput, 422),
    (BadRequest, 400),
    (TooLarge, 413),
    (Damaged, 503),
    (Unavailable, 503),
)
# status -> (code, English, Chinese), where no error of ours says more
_PLAIN: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "the request cannot be read; see /docs", "请求无法解析；参见 /docs"),
    404: ("not_found", "there is no such route; see /docs", "没有这个路径；参见 /docs"),
    405: ("method_not_allowed", "this route has other methods", "此路径不支持该方法"),
    500: (
        "internal",
        "something broke here; tell the operator the number of this request",
        "服务内部出错；请把本次请求的编号告诉管理员",
    ),
}


class Row(BaseModel):
    """One row that was not taken in."""

    row: int = Field(description="its number in the request, from 1")
    code: str
    field: str | None = None
    value: str | None = None
    message: str

    @classmethod
    def of(cls, refusal: Refusal, lang: str) -> "Row":
        """A refusal in the caller's language."""
        return cls(
            row=refusal.row,
            code=refusal.code,
            field=refusal.field,
            value=refusal.value,
            message=refusal.text(lang),
        )


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False})

    type: str = Field(description="urn:zhiyin:problem: and the code")
    title: str
    status: int
    detail: str = Field(description="what, which one, and what to do")
    code: str = Field(description="never changes; docs/reference/errors.md lists them")
    request: str = Field(description="the number of this request, as in the log")
    rows: list[Row] | None = Field(None, description="rows that were not taken in")


class Refused(Exception):
    """What the service itself refuses: no key, too fast, too large."""

    def __init__(
        self,
        status: int,
        code: str,
        english: str,
        chinese: str,
        headers: Mapping[str, str] | None = None,
        rows: Sequence[Refusal] = (),
    ) -> None:
        super().__init__(english)
        self.status, self.code, self.headers, self.rows = status, code, headers, rows
        self._said = {"en": english, "zh": chinese}

    def text(self, lang: str) -> str:
        """The sentence in ``lang``."""
        return self._said[lang]


def language(headers: Mapping[str, str]) -> str:
    """ "zh" or "en", whichever ``Accept-Language`` names first; English otherwise."""
    best, found = 0.0, "en"
    for part in headers.get("accept-language", "").lower().split(",")[:16]:
        name, _, weight = part.strip().partition(";q=")
        try:
            q = float(weight) if weight else 1.0
        except ValueError:
            continue
        if name[:2] in ("zh", "en") and q > best:
            best, found = q, name[:2]
    return found


def status_of(error: ZhiyinError) -> int:
    """The status that stands for an error of ours."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def of_ours(request: Request, error: Exception) -> JSONResponse:
    """A ``ZhiyinError`` as a problem document."""
    assert isinstance(error, ZhiyinError)
    lang = language(request.headers)
    status = status_of(error)
    if status >= 500:
        log.error("failed", code=error.code, error=str(error), request=number(request))
    if isinstance(error, Damaged | Unavailable):
        # Its sentence names files and servers: those are for the operator's log.
        said = {
            "en": "a part of the service does not work now; try again later",
            "zh": "服务的某个部分暂时不可用，请稍后再试",
        }
        return document(request, status, error.code, said[lang], {"Retry-After": "5"})
    return document(request, status, error.code, error.text(lang))


def of_refusal(request: Request, error: Exception) -> JSONResponse:
    """A ``Refused`` as a problem document."""
    assert isinstance(error, Refused)
    lang = language(request.headers)
    rows = [Row.of(refusal, lang) for refusal in error.rows]
    return document(request, error.status, error.code, error.text(lang), error.headers, rows)


def of_validation(request: Request, error: Exception) -> JSONResponse:
    """A body or parameter that does not fit its schema: the first thing wrong with it."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["loc"] == ("body",) or first["type"] == "json_invalid":
        said = {
            "en": "the body is no JSON object; send one, with Content-Type: application/json",
            "zh": "请求体不是 JSON 对象；请发送 JSON，并设 Content-Type: application/json",
        }
        return document(request, 422, "bad_input", said[language(request.headers)])
    where = ".".join(str(part) for part in first["loc"]) or "body"
    said = {
        "en": f"{shorten(where)}: {first['msg']}; correct it, /docs shows what is expected",
        "zh": f"{shorten(where)}：{first['msg']}；请改正，格式参见 /docs",
    }
    return document(request, 422, "bad_input", said[language(request.headers)])


def of_http(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses: no such route, no such method, no JSON."""
    assert isinstance(error, HTTPException)
    code, english, chinese = _PLAIN.get(error.status_code, _PLAIN[400])
    said = {"en": english, "zh": chinese}[language(request.headers)]
    return document(request, error.status_code, code, said, error.headers)


def of_bug(request: Request, error: Exception) -> JSONResponse:
    """Anything else: the log has the trace, the caller a number."""
    log.error("broke", request=number(request), trace="".join(format_exception(error)))
    code, english, chinese = _PLAIN[500]
    said = {"en": english, "zh": chinese}[language(request.headers)]
    return document(request, 500, code, said)


def document(
    request: Request,
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    rows: Sequence[Row] = (),
) -> JSONResponse:
    """A problem document as an answer."""
    problem = Problem(
        type=f"urn:zhiyin:problem:{code}",
        title=code.replace("_", " "),
        status=status,
        detail=detail,
        code=code,
        request=number(request),
        rows=[*rows] or None,
    )
    found: dict[str, Any] = problem.model_dump(exclude_none=True)
    return JSONResponse(found, status, dict(headers or {}), media_type=MEDIA)


def number(request: Request) -> str:
    """The number that this request was given."""
    return str(request.scope.get("zhiyin.request", ""))
