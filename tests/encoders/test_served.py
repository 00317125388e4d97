"""A server of OpenAI's protocol, and all that it may do to us."""

import json
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from zhiyin.core import BadSettings, Encoder, Unavailable
from zhiyin.encoders import open_encoder
from zhiyin.encoders.served import ServedEncoder
from zhiyin.testing import EncoderContract

KEY = "sk-very-secret-0123456789"
Answer = tuple[int, dict[str, str], bytes]


def vector(text: str) -> list[float]:
    """Counts of letters: what shares words is near."""
    rows = np.zeros(16)
    for letter in text.lower():
        rows[ord(letter) % 16] += 1
    return [*rows]


def answered(texts: list[str]) -> Answer:
    rows = [{"index": n, "embedding": vector(text)} for n, text in enumerate(texts)]
    return 200, {}, json.dumps({"data": rows[::-1], "model": "letters"}).encode()


class Server:
    """Answers as it should, unless ``say`` knows better."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.headers: list[dict[str, str]] = []
        self.say: Callable[[list[str]], Answer | None] = lambda texts: None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.path == "/v1/embeddings"
                assert body["model"] == "letters"
                server.asked.append(body["input"])
                server.headers.append(dict(self.headers))
                status, headers, content = server.say(body["input"]) or answered(body["input"])
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(OSError):  # who asked may have gone
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def statuses(self, *statuses: int, **headers: str) -> None:
        """Answer the next texts with these, then well."""
        left = list(statuses)
        self.say = lambda texts: (left.pop(0), headers, b"{}") if left else None


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def encoder(server: Server, waits: list[float]) -> ServedEncoder:
    made = ServedEncoder(f"{server.url}#letters", KEY, sleep=waits.append)
    assert made.width == 16  # asked once
    server.asked.clear()
    return made


class TestServedEncoder(EncoderContract):
    pairs = (("red silk scarf", "a silk scarf, red"), ("porcelain cup", "cup of porcelain"))

    @pytest.fixture(autouse=True)
    def own_server(self, server: Server) -> None:
        self.encoder = ServedEncoder(f"{server.url}#letters")

    def make(self) -> Encoder:
        return self.encoder


def test_texts_go_in_batches_and_come_back_in_order(server: Server, encoder: ServedEncoder) -> None:
    texts = [f"text {'x' * n}." for n in range(130)]
    rows = encoder.encode(texts).vectors
    assert [len(batch) for batch in server.asked] == [64, 64, 2]
    wanted = np.array([vector(text) for text in texts])
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(rows, wanted, atol=1e-6)


def test_busy_and_broken_servers_are_asked_again_after_twice_the_wait(
    server: Server, encoder: ServedEncoder, waits: list[float]
) -> None:
    server.statuses(429, 500, 503)
    assert np.isfinite(encoder.encode(["scarf"]).vectors).all()
    assert waits == [0.5, 1.0, 2.0]
    assert len(server.asked) == 4


def test_the_wait_that_the_server_names_is_kept(
    server: Server, encoder: ServedEncoder, waits: list[float]
) -> None:
    server.statuses(429, **{"Retry-After": "7"})
    encoder.encode(["scarf"])
    assert waits == [7.0]


@pytest.mark.parametrize("told", ["soon", "-5", "inf", "99999"])
def test_a_senseless_wait_is_not_kept(
    server: Server, encoder: ServedEncoder, waits: list[float], told: str
) -> None:
    server.statuses(429, **{"Retry-After": told})
    encoder.encode(["scarf"])
    assert waits == [0.5]


def test_past_the_deadline_it_gives_up_and_says_why(server: Server) -> None:
    encoder = ServedEncoder(f"{server.url}#letters", deadline=0.3)
    server.say = lambda texts: (503, {}, b"")
    started = time.monotonic()
    with pytest.raises(Unavailable, match="answers 503"):
        encoder.encode(["scarf"])
    assert time.monotonic() - started < 20


def test_a_server_that_does_not_answer_is_left(server: Server) -> None:
    encoder = ServedEncoder(f"{server.url}#letters", deadline=0.2, patience=0.1)
    gate = threading.Event()

    def slow(texts: list[str]) -> None:
        gate.wait(10)

    server.say = slow
    with pytest.raises(Unavailable, match="no answer"):
        encoder.encode(["scarf"])
    gate.set()


def test_where_nobody_listens_it_says_so() -> None:
    with pytest.raises(Unavailable, match="no answer"):
        ServedEncoder("http://127.0.0.1:9/v1#m", deadline=0.1).encode(["scarf"])


def test_a_host_that_does_not_exist_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match=r"no answer: .*not known"):
        ServedEncoder("http://no-such-host/v1#m", sleep=waits.append).encode(["scarf"])
    assert waits == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a b#m", "http://127.0.0.1:port/v1#m"])
def test_a_url_that_cannot_be_asked_is_told_at_once(url: str, waits: list[float]) -> None:
    with pytest.raises(Unavailable, match="characters it cannot have"):
        ServedEncoder(url, sleep=waits.append).encode(["scarf"])
    assert waits == []


def data(*rows: Any) -> bytes:
    return json.dumps({"data": [{"index": n, "embedding": r} for n, r in enumerate(rows)]}).encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>", "no list of embeddings"),
        (b"", "no list of embeddings"),
        (b"[" * 100_000, "no list of embeddings"),
        (b'{"data": [{"index": 1e999, "embedding": [1]}]}', "no list of embeddings"),
        (b'{"data": {"a": 1}}', "no list of embeddings"),
        (data([1.0] * 16), "asked for 2 vectors and answers 1"),
        (data([1.0] * 16, [1.0] * 16, [1.0] * 16), "asked for 2 vectors and answers 3"),
        (data([1.0] * 16, [1.0] * 16).replace(b'"index": 1', b'"index": 0'), "misnumbered"),
        (data([1.0] * 16, [1.0] * 15), "several widths"),
        (data([1.0] * 8, [1.0] * 8), "width 8, before it was 16"),
        (data([1.0] * 16, ["red"] * 16), "no numbers"),
        (data([1.0] * 16, [float("nan")] * 16), "not finite"),
        (data([], []), "empty"),
        (data([[1.0]] * 16, [[1.0]] * 16), "empty or"),
        (b'{"data": "' + b"x" * 3_000_000, "does not end"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_answer_is_told_and_nothing_is_made_of_it(
    server: Server, content: bytes, problem: str
) -> None:
    encoder = ServedEncoder(f"{server.url}#letters", deadline=0.2)
    assert encoder.width == 16
    server.say = lambda texts: (200, {}, content)
    with pytest.raises(Unavailable, match=problem):
        encoder.encode(["one", "two"])


def test_a_text_that_the_server_refuses_costs_only_its_row(
    server: Server, encoder: ServedEncoder
) -> None:
    server.say = lambda texts: (400, {}, b"") if any("poison" in t for t in texts) else None
    texts = [f"text {n}" for n in range(10)]
    texts[3] = texts[8] = "poison"
    encoded = encoder.encode(texts)
    assert [t.row for t in encoded.troubles] == [4, 9]
    assert {t.code for t in encoded.troubles} == {"encoder_refused"}
    assert np.flatnonzero(np.isnan(encoded.vectors[:, 0])).tolist() == [3, 8]


def test_a_model_that_is_refused_is_no_fault_of_a_text(server: Server) -> None:
    server.say = lambda texts: (400, {}, b'{"error": "no such model"}')
    with pytest.raises(Unavailable, match="answers 400"):
        ServedEncoder(f"{server.url}#letters").encode(["one", "two"])


def test_the_key_is_sent_and_never_told(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ZHIYIN_ENCODER_KEY", KEY)
    encoder = open_encoder(f"{server.url}#letters", "text")
    encoder.encode(["scarf"])
    assert server.headers[-1]["Authorization"] == f"Bearer {KEY}"
    told = [encoder.name, repr(encoder)]
    caplog.set_level(0)
    for status in (401, 403, 404):
        server.statuses(status)
        with pytest.raises(Unavailable) as error:
            encoder.encode(["scarf"])
        told += [str(error.value), error.value.text("zh"), str(error.value.__cause__)]
    assert "ZHIYIN_ENCODER_KEY" in told[2]
    assert not any(KEY in text for text in [*told, caplog.text])


@pytest.mark.parametrize("key", [KEY + "\nX-Evil: 1", KEY + "密"])
def test_a_key_that_cannot_be_sent_is_not_told_either(server: Server, key: str) -> None:
    with pytest.raises(Unavailable) as error:
        ServedEncoder(f"{server.url}#letters", key, deadline=0.1).encode(["scarf"])
    assert KEY not in "".join(traceback.format_exception(error.value))
    assert server.asked == []


def test_a_redirect_is_not_followed(server: Server, encoder: ServedEncoder) -> None:
    other = Server()
    server.statuses(302, Location=f"{other.url}/embeddings")
    with pytest.raises(Unavailable, match="answers 302"):
        encoder.encode(["scarf"])
    assert other.headers == []
    other.http.shutdown()
    other.http.server_close()


def test_a_long_text_is_sent_in_part(server: Server, encoder: ServedEncoder) -> None:
    encoder.encode(["x" * 50_000])
    assert len(server.asked[0][0]) == 8_192


@pytest.mark.parametrize(
    "place", ["https://host/v1", "https://#m", "https://me:pass@host/v1#m", "https:///v1#m"]
)
def test_a_url_without_a_model_or_with_a_password_is_refused(place: str) -> None:
    with pytest.raises(BadSettings, match="https://HOST/v1#MODEL") as error:
        open_encoder(place, "text")
    assert "pass@" not in str(error.value)
