"""The real server in a process of its own: started, killed, ended, starved."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from zhiyin import create_shop, open_shop
from zhiyin.app import Shop
from zhiyin.core import BadRequest, Conflict
from zhiyin.service import make_service, serve

Start = Callable[..., "Server"]
WAIT = 60.0


class Server:
    """``zhiyin serve`` on a free port."""

    def __init__(self, *folders: Path, workers: int = 1, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [word for folder in folders for word in ("--shop", str(folder))]
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from zhiyin.cli import main; main()", "serve", *words]
            + ["--port", str(self.port), "--workers", str(workers)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that its workers end with it, whatever happens
        )
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                self.ask("/health")
                return
            except OSError:
                assert self.process.poll() is None, self.process.communicate()[0]
                time.sleep(0.05)
        raise AssertionError("it did not start")

    def ask(self, path: str, body: Any = None, **headers: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith("{") else text

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.communicate(timeout=WAIT)
        return self.process.returncode

    def end(self) -> None:
        """Kill it with all its workers, if any are left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=WAIT)


@pytest.fixture
def started() -> Iterator[Start]:
    servers: list[Server] = []

    def started(*folders: Path, **more: Any) -> Server:
        servers.append(Server(*folders, **more))
        return servers[-1]

    yield started
    for server in servers:
        server.end()


def event(id: str) -> dict[str, str]:
    return {"id": id, "shopper": "lin", "item": "i1", "kind": "view"}


@pytest.mark.slow
def test_it_answers_and_ends_when_it_is_told_to(silk: Shop, started: Start) -> None:
    server = started(silk.folder)
    assert len(server.ask("/v1/recommend", {"shopper": "s1", "k": 3})["items"]) == 3
    assert "zhiyin" in server.ask("/docs")
    assert server.ask("/ready") == {"ready": True, "shops": 1, "live": 1}
    assert server.stop() == 0


@pytest.mark.slow
def test_killed_at_any_moment_no_acknowledged_event_is_lost(silk: Shop, started: Start) -> None:
    told: list[str] = []
    for round_ in range(5):
        server = started(silk.folder)

        def send(number: int, server: Server = server, round_: int = round_) -> None:
            id = f"k{round_}-{number}"
            try:
                server.ask("/v1/events", {"events": [event(id)]})
            except OSError:
                return
            told.append(id)

        with ThreadPoolExecutor(4) as pool:
            running = [pool.submit(send, number) for number in range(200)]
            before = len(told)
            while len(told) < before + 7 * round_ + 1:  # some are done, more are on their way
                time.sleep(0.001)
            server.process.send_signal(signal.SIGKILL)
            for each in running:
                each.result()
        server.stop()
    stored = [e.id for e in silk.store.events.recent("lin", limit=10_000)]
    assert told
    assert set(told) <= set(stored)
    assert len(stored) == len(set(stored))


@pytest.mark.slow
def test_a_running_request_is_answered_before_the_end(silk: Shop, started: Start) -> None:
    server = started(silk.folder)
    rows = [event(f"g{n}") for n in range(9_000)]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(server.ask, "/v1/events", {"events": rows})
        while "zhiyin_requests_running 2.0" not in server.ask("/metrics"):
            if running.done():
                break
        assert server.stop() == 0
        assert running.result()["new"] == 9_000


@pytest.mark.slow
def test_workers_share_the_store_the_keys_and_the_counts(silk: Shop, started: Start) -> None:
    _, token = silk.gate.create(["admin"])
    mine = {"Authorization": f"Bearer {token}"}
    server = started(silk.folder, workers=2)
    for number in range(40):
        server.ask("/v1/events", {"events": [event(f"w{number}")]}, **mine)
    assert len(silk.store.events.recent("lin")) == 40
    counts = server.ask("/metrics", **mine)
    assert 'zhiyin_rows_total{into="events",outcome="new",shop="silk"} 40.0' in counts
    assert server.stop() == 0


@pytest.mark.slow
def test_who_sends_no_whole_head_is_hung_up_on(silk: Shop, started: Start) -> None:
    server = started(silk.folder, ZHIYIN_SERVICE__BODY_SECONDS="0.5")
    slow = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT)
    slow.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    assert slow.recv(100) == b""
    body = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT)
    body.sendall(
        b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\n\r\n{"
    )
    assert body.recv(100).startswith(b"HTTP/1.1 408")
    for connection in (slow, body):
        connection.close()


def test_others_are_not_served_without_a_key(tmp_path: Path) -> None:
    create_shop(tmp_path / "tea")
    with pytest.raises(BadRequest, match="zhiyin key create"):
        serve([tmp_path / "tea"], host="0.0.0.0")


def test_two_shops_of_one_name_are_not_served(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        create_shop(tmp_path / folder, name="tea")
    with open_shop(tmp_path / "a") as one, open_shop(tmp_path / "b") as other:
        with pytest.raises(Conflict, match="'tea'"):
            make_service([one, other])
        with pytest.raises(BadRequest, match="without a shop"):
            make_service([])
