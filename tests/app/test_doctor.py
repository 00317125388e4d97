"""Examining: what is wrong is marked so, and its sentence says what to do."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from zhiyin.app import Finding, create_shop, examine, open_shop


def marked(findings: list[Finding], mark: str) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings if finding.mark == mark}


def test_a_fitted_shop_has_nothing_wrong(fitted: Path) -> None:
    findings = examine(fitted)
    # A nearly full disk is a finding about the machine that runs the tests.
    assert marked(findings, "bad").keys() <= {"disk"}
    assert {"python", "numpy", "settings", "store", "live"} <= marked(findings, "ok").keys()
    assert "0 events behind" in marked(findings, "ok")["live"].en


def test_events_since_the_fit_are_counted(demo: Path) -> None:
    with open_shop(demo) as shop:
        shop.ingest([{"shopper": "ann", "item": "yj000001", "kind": "view", "time": 1_791_000_000}])
    assert "1 events behind" in marked(examine(demo), "ok")["live"].en


def test_an_empty_shop_is_worth_a_note(folder: Path) -> None:
    notes = marked(examine(folder), "note")
    assert "zhiyin fit" in notes["live"].text("en")
    assert "zhiyin fit" in notes["live"].text("zh-CN")
    assert "0 items" in notes["store"].en


def test_no_shop_is_a_note_that_names_the_command(tmp_path: Path) -> None:
    found = marked(examine(tmp_path), "note")["shop"]
    assert "zhiyin init" in found.en
    assert "zhiyin init" in found.zh
    assert not marked(examine(tmp_path), "bad").keys() - {"disk"}


def test_a_folder_that_is_not_there_is_told_like_an_empty_one(tmp_path: Path) -> None:
    assert "shop" in marked(examine(tmp_path / "nowhere"), "note")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("curency = 'USD'", "did you mean 'currency'"),
        ("name = [", "not TOML"),
        ("seed='x'", "seed"),
    ],
)
def test_bad_settings_are_named_with_the_remedy(folder: Path, line: str, named: str) -> None:
    with (folder / "zhiyin.toml").open("a") as file:
        file.write(line + "\n")
    assert named in marked(examine(folder), "bad")["settings"].en


@pytest.mark.parametrize("harm", ["bytes", "folder", "pointer"])
def test_a_damaged_live_artifact_is_found_and_the_store_still_told(demo: Path, harm: str) -> None:
    with open_shop(demo) as shop:
        live = shop.artifacts.live_id("recommend")
    assert live is not None
    match harm:
        case "bytes":
            (demo / "artifacts" / live / "prior.npy").write_bytes(b"x")
        case "folder":
            shutil.rmtree(demo / "artifacts" / live)
        case "pointer":
            (demo / "artifacts" / "live.json").write_text("{")
    findings = examine(demo)
    assert "live" in marked(findings, "bad")
    assert "store" in marked(findings, "ok")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_postgres_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="no psycopg")
    url = f"postgresql://shop:secret-word@127.0.0.1:{closed_port()}/shop"
    create_shop(tmp_path / "shop", store=url)
    found = marked(examine(tmp_path / "shop"), "bad")["store"]
    assert "unavailable" in found.en
    assert "secret-word" not in found.en + found.zh


def test_a_database_file_that_is_none_is_told(folder: Path) -> None:
    (folder / "shop.db").write_bytes(b"this is no database" * 100)
    assert "shop.db" in marked(examine(folder), "bad")["store"].en


def test_findings_are_plain_records(folder: Path) -> None:
    records = [finding.record() for finding in examine(folder)]
    assert json.loads(json.dumps(records)) == records
    assert all(set(record) == {"mark", "what", "en", "zh"} for record in records)
