"""Texts encoded by a server that speaks OpenAI's protocol for embeddings.

    https://HOST/v1#MODEL

``POST …/embeddings`` with a batch of texts; many servers of models know it. The key, where
one is wanted, comes from the environment variable ``ZHIYIN_ENCODER_KEY``; it is sent to
that host alone, and is in no message and no name.

An answer that is late, 429 or 5xx is asked for again, each time after twice the wait or
as long as the server says, until the deadline of the batch. A text that the server refuses
(400, 413, 422) is found by halving its batch, and only that row stays without a vector.
Every answer is checked: as many vectors as texts, put in order by their index, of the one
width, finite. Whatever else is wrong is told as it is: nothing is made up.
"""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from http.client import HTTPException, HTTPResponse, InvalidURL
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadSettings, Encoded, Modality, Refusal, Unavailable, get_logger, shorten
from zhiyin.encoders.cleaning import nonempty
from zhiyin.encoders.rows import spread

log = get_logger(__name__)
Rows = npt.NDArray[np.float64]

BATCH = 64
DEADLINE = 120.0
"""Seconds for one batch, all its tries together."""
PATIENCE = 30.0
"""Seconds for one answer."""
_PROBE = ["zhiyin"]
"""No server has a reason to refuse it; one that does refuses the model."""
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 20.0
_AGAIN = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_CONTENT = {400, 413, 422}
_PER_NUMBER = 40  # bytes of JSON; the widest models have 16,384 numbers
_MOST_BYTES = 16_384 * _PER_NUMBER
_TEXT = 8_192
"""Characters that are sent of one text: what a server reads is bounded, and it is paid for."""


class ServedEncoder:
    """The model named behind the # of a URL."""

    modality: Modality = "text"

    def __init__(
        self,
        place: str,
        key: str | None = None,
        *,
        deadline: float = DEADLINE,
        patience: float = PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, _, self._model = place.partition("#")
        host = self._url.partition("://")[2].partition("/")[0]
        if not self._model or not host or "@" in host:
            raise BadSettings(
                key="encoders",
                where=f"{self._url.rpartition('@')[2]}#{self._model}",
                problem="a server is named as https://HOST/v1#MODEL, without user or password",
                problem_zh="服务器应写作 https://主机/v1#模型，不带用户名或密码",
                remedy="put the key into ZHIYIN_ENCODER_KEY",
                remedy_zh="请把密钥放入环境变量 ZHIYIN_ENCODER_KEY",
            )
        self._key = key
        self._deadline = deadline
        self._patience = patience
        self._sleep = sleep

    @property
    def name(self) -> str:
        return f"{self._url.rstrip('/')}#{self._model}"

    @cached_property
    def width(self) -> int:
        """Learnt from the server's answer to one word."""
        return int(self._vectors(_PROBE, None).shape[1])

    def encode(self, contents: Sequence[str]) -> Encoded:
        width = self.width  # asked for before any text: a wrong model is no fault of a text
        places, texts = nonempty(contents)
        rows = [np.empty((0, width))]
        said: list[int] = []
        troubles: list[Refusal] = []
        for start in range(0, len(texts), BATCH):
            stop = start + BATCH
            for own, found in self._halved(places[start:stop], texts[start:stop]):
                if isinstance(found, Refusal):
                    troubles.append(found)
                else:
                    said += own
                    rows.append(found)
        return spread(np.concatenate(rows), said, len(contents), width, troubles)

    def _halved(
        self, places: list[int], texts: list[str]
    ) -> Iterator[tuple[list[int], Rows | Refusal]]:
        """A batch encoded; where the server refuses it, each half of it, down to one text."""
        try:
            yield places, self._vectors([text[:_TEXT] for text in texts], self.width)
        except _RefusedError as error:
            if len(texts) == 1:
                told = shorten(texts[0])
                row = places[0] + 1
                yield places, Refusal("encoder_refused", row, value=told, expected=str(error))
                return
            half = len(texts) // 2
            yield from self._halved(places[:half], texts[:half])
            yield from self._halved(places[half:], texts[half:])

    def _vectors(self, texts: list[str], width: int | None) -> Rows:
        answer = self._asked({"model": self._model, "input": texts, "encoding_format": "float"})
        try:
            return _checked(answer, len(texts), width)
        except ValueError as error:
            raise self._unavailable(str(error)) from error

    def _asked(self, body: dict[str, Any]) -> bytes:
        """The server's answer, asked for until it comes or the deadline is over."""
        end = time.monotonic() + self._deadline
        wait = _FIRST_WAIT
        while True:
            left = end - time.monotonic()
            try:
                return self._once(body, min(self._patience, max(left, 0.1)))
            except _TryAgainError as error:
                pause = min(max(wait, error.after), _LONGEST_WAIT)
                if time.monotonic() + pause > end:
                    raise self._unavailable(str(error)) from error
                log.info("encoder asked again", problem=str(error), seconds=pause)
                self._sleep(pause)
                wait *= 2

    def _once(self, body: dict[str, Any], patience: float) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            request = Request(
                self._url.rstrip("/") + "/embeddings", json.dumps(body).encode(), headers
            )
            with _OPENER.open(request, timeout=patience) as response:
                return _read(response, len(body["input"]), time.monotonic() + patience)
        except HTTPError as error:
            with error:
                raise self._refused(error, body) from None
        except (ValueError, InvalidURL):
            # What was raised holds the key, so it must not stand in a traceback.
            raise self._unavailable("the URL or the key has characters it cannot have") from None
        except (OSError, HTTPException) as error:  # URLError is an OSError, so is a timeout
            raise self._unanswered(getattr(error, "reason", error)) from None

    def _refused(self, error: HTTPError, body: dict[str, Any]) -> Exception:
        told = f"it answers {error.code}"
        if error.code in _AGAIN:
            return _TryAgainError(told, _seconds(error.headers.get("Retry-After")))
        if error.code in _CONTENT and body["input"] != _PROBE:
            return _RefusedError(told)
        if error.code in (401, 403):
            told += ", which is about the key in ZHIYIN_ENCODER_KEY"
        return self._unavailable(told)

    def _unanswered(self, reason: object) -> Exception:
        unknown = isinstance(reason, socket.gaierror) and reason.errno != socket.EAI_AGAIN
        if unknown or isinstance(reason, ssl.SSLCertVerificationError):
            return self._unavailable(f"no answer: {reason}")  # nor will there be one later
        return _TryAgainError(f"no answer: {reason}")

    def _unavailable(self, problem: str) -> Unavailable:
        if self._key:
            problem = problem.replace(self._key, "…")
        return Unavailable(
            what=f"the encoder {self.name}",
            what_zh=f"编码服务 {self.name}",
            problem=problem,
            remedy="check the URL, the model and the server, or name another encoder",
            remedy_zh="请检查网址、模型与服务器，或换一个编码器",
        )


class _RefusedError(Exception):
    """The server will not take this content."""


class _TryAgainError(Exception):
    def __init__(self, problem: str, after: float = 0.0) -> None:
        super().__init__(problem)
        self.after = after


class _Stay(HTTPRedirectHandler):
    """A redirect is an answer: followed, it could carry the key to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(_Stay)


def _read(response: HTTPResponse, texts: int, end: float) -> bytes:
    """The whole answer, unless it grows or takes longer than any true one."""
    parts: list[bytes] = []
    size = 0
    while part := response.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if size > _MOST_BYTES * texts + 4_096:
            raise OSError("the answer does not end")
        if time.monotonic() > end:
            raise TimeoutError("the answer takes too long")
    return b"".join(parts)


def _seconds(told: str | None) -> float:
    """What ``Retry-After`` says; a date or nonsense counts as nothing."""
    try:
        found = float(told or 0)
    except ValueError:
        return 0.0
    return found if 0 <= found < 3_600 else 0.0


def _checked(answer: bytes, count: int, width: int | None) -> Rows:
    """(N, D) vectors in the order asked; ValueError says what is wrong with them."""
    try:
        data = json.loads(answer)["data"]
        order = [int(row["index"]) for row in data]
        rows = [row["embedding"] for row in data]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("its answer is no list of embeddings") from error
    if sorted(order) != list(range(count)):
        raise ValueError(f"it was asked for {count} vectors and answers {len(order)}, misnumbered")
    try:
        vectors: Rows = np.array(rows, np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError("its vectors are no numbers, or of several widths") from error
    if vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise ValueError("its vectors are empty or have numbers that are not finite")
    if width is not None and vectors.shape[1] != width:
        raise ValueError(f"its vectors have width {vectors.shape[1]}, before it was {width}")
    return vectors[np.argsort(order)]
