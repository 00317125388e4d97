"""Bad input of every sort: what is refused, where, and that both sentences name the remedy."""

import gzip
import io
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhiyin.core import BadInput, Damaged, NotFound, Settings, Store, TooLarge, ZhiyinError

HEAD = "user_id,item_id,event,timestamp,value,position,propensity\n"
GOOD = "u1,i1,view,1600000000,,,\n"
GOODS = "id,title,price,stock,images\n"
WARE = "a,Cloud scarf,12.5,3,scarf.png\n"

# row text, code, field, words of the remedy in English and Chinese
EVENTS = {
    "no shopper": (",i1,view,1600000000,,,", "missing", "shopper", "give every row", "每行都需要"),
    "blank shopper": ("  ,i1,view,1600000000,,,", "missing", "shopper", "give every", "每行"),
    "no item": ("u1,,buy,1600000000,,,", "missing", "item", "give every row", "每行都需要"),
    "no kind": ("u1,i1,,1600000000,,,", "missing", "kind", "give every row", "每行都需要"),
    "no time": ("u1,i1,view,,,,", "missing", "time", "give every row", "每行都需要"),
    "a kind nobody declared": (
        "u1,i1,teleport,1600000000,,,",
        "unknown_kind",
        "kind",
        "map it with --kind",
        "--kind 'teleport'=view 映射",
    ),
    "a time that is none": (
        "u1,i1,view,yesterday,,,",
        "unreadable_time",
        "time",
        "use ISO 8601",
        "请用 ISO 8601",
    ),
    "a day that is none": (
        "u1,i1,view,2023-02-30,,,",
        "unreadable_time",
        "time",
        "use ISO",
        "请用",
    ),
    "far in the future": (
        "u1,i1,view,2031-01-01,,,",
        "future",
        "time",
        "check the unit",
        "请检查单位",
    ),
    "before all times": ("u1,i1,view,1931-01-01,,,", "out_of_range", "time", "correct", "请改正"),
    "a value of letters": (
        "u1,i1,rate,1600000000,many,,",
        "wrong_type",
        "value",
        "correct it or map another column",
        "或映射到别的列",
    ),
    "a value of nan": ("u1,i1,rate,1600000000,nan,,", "not_finite", "value", "finite", "有限数值"),
    "an endless value": ("u1,i1,rate,1600000000,inf,,", "not_finite", "value", "finite", "有限"),
    "less than nothing bought": (
        "u1,i1,buy,1600000000,-2,,",
        "negative",
        "value",
        "must be zero or more",
        "必须大于等于零",
    ),
    "half a position": (
        "u1,i1,click,1600000000,,1.5,",
        "wrong_type",
        "position",
        "correct",
        "改正",
    ),
    "a position before all": ("u1,i1,click,1600000000,,-1,", "negative", "position", "zero", "零"),
    "more than certain": (
        "u1,i1,click,1600000000,,,1.2",
        "out_of_range",
        "propensity",
        "correct it",
        "请改正",
    ),
    "an endless name": (
        "u" * 300 + ",i1,view,1600000000,,,",
        "too_long",
        "shopper",
        "shorten",
        "缩短",
    ),
    "too few columns": ("u1,i1,view", "malformed", None, "correct the line", "请改正"),
    "too many columns": (
        "u1,i1,view,1,2,3,4,5",
        "malformed",
        None,
        "8 columns",
        "有 8 列，而表头有 7 列",
    ),
    "an open quote": ('u1,"i1,view,1600000000,,,', "malformed", None, "quote", "请改正"),
    "text behind a quote": ('"u1"x,i1,view,1600000000,,,', "malformed", None, "quote", "请改正"),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_refused_alone_with_its_remedy(name: str, refuse: Any, write: Any) -> None:
    row, code, field, english, chinese = EVENTS[name]
    file = write("events.csv", HEAD + GOOD + row + "\n" + GOOD.replace("u1", "u2"))
    report, rejects = refuse(file)
    assert (report.new, report.refused) == (2, {code: 1})
    [reject] = rejects
    assert (reject["code"], reject["row"], reject["field"]) == (code, 3, field)
    assert english in reject["message"]
    assert chinese in reject["message_zh"]
    assert report.files[0].examples[0].code == code


WARES = {
    "no id": (",Scarf,1,1,", "missing", "id", "give every row one", "每行都需要"),
    "a negative price": ("b,Scarf,-5,1,", "negative", "price", "zero or more", "大于等于零"),
    "a price of nan": ("b,Scarf,nan,1,", "not_finite", "price", "leave it empty", "留空"),
    "a price of infinity": ("b,Scarf,inf,1,", "not_finite", "price", "leave it empty", "留空"),
    "a price of words": (
        "b,Scarf,on request,1,",
        "wrong_type",
        "price",
        "such as 12.50",
        "不是价格",
    ),
    "a price beyond all": ("b,Scarf,1e13,1,", "out_of_range", "price", "correct it", "请改正"),
    "half a piece": ("b,Scarf,1,1.5,", "wrong_type", "stock", "a whole number", "不是整数"),
    "minus one piece": ("b,Scarf,1,-1,", "negative", "stock", "zero or more", "大于等于零"),
    "a path that climbs": ("b,S,1,1,../key.png", "outside_folder", "images", "inside it", "目录内"),
    "a path from the root": ("b,S,1,1,/etc/passwd", "outside_folder", "images", "URL", "网址"),
    "a path of Windows": ("b,S,1,1,..\\key.png", "outside_folder", "images", "URL", "网址"),
    "a drive of Windows": ("b,S,1,1,C:/key.png", "outside_folder", "images", "URL", "网址"),
    "a file as URL": ("b,S,1,1,file:///etc/passwd", "outside_folder", "images", "URL", "网址"),
    "a long id": ("b" * 300 + ",S,1,1,", "too_long", "id", "shorten it", "请缩短"),
}


@pytest.mark.parametrize("name", WARES)
def test_an_item_is_refused_alone_with_its_remedy(name: str, refuse: Any, write: Any) -> None:
    row, code, field, english, chinese = WARES[name]
    file = write("goods.csv", GOODS + WARE + row + "\n" + WARE.replace("a,", "c,", 1))
    report, rejects = refuse(file)
    assert (report.new, report.refused) == (2, {code: 1})
    [reject] = rejects
    assert (reject["code"], reject["row"], reject["field"]) == (code, 3, field)
    assert english in reject["message"]
    assert chinese in reject["message_zh"]


def test_a_link_out_of_the_image_folder_is_refused(
    refuse: Any, write: Any, settings: Settings, tmp_path: Path
) -> None:
    settings.images.mkdir()
    (settings.images / "out.png").symlink_to(tmp_path / "secret")
    (settings.images / "inside.png").symlink_to(settings.images / "real.png")
    rows = "a,S,1,1,out.png\nb,S,1,1,inside.png\n"
    report, [reject] = refuse(write("goods.csv", GOODS + rows))
    assert (report.new, reject["code"], reject["value"]) == (1, "outside_folder", "out.png")


def test_one_line_that_is_no_utf8_is_refused_alone(refuse: Any, write: Any) -> None:
    content = HEAD.encode() + GOOD.encode() + b"caf\xe9,i1,view,1600000000,,,\n" + GOOD.encode()
    report, [reject] = refuse(write("events.csv", content))
    assert (report.rows, report.new, report.seen) == (3, 1, 1)
    assert (reject["code"], reject["row"], reject["field"]) == ("bad_encoding", 3, "user_id")
    assert "not valid UTF-8; save the file as UTF-8 or pass --encoding" in reject["message"]
    assert "请另存为 UTF-8 或指定 --encoding" in reject["message_zh"]


def test_a_json_line_that_is_no_utf8_is_refused_alone(refuse: Any, write: Any) -> None:
    row = b'{"user":"u1","item":"i1","event":"buy","time":1600000000}\n'
    report, [reject] = refuse(write("events.jsonl", row + row.replace(b"u1", b"\xff\xfe") + row))
    assert (report.rows, reject["code"], reject["row"]) == (3, "bad_encoding", 2)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_field_of_ten_megabytes_is_refused_and_named(
    suffix: str, refuse: Any, write: Any
) -> None:
    long = "x" * 10_000_000
    if suffix == "csv":
        content = f"{HEAD}{GOOD}u1,{long},view,1600000000,,,\n{GOOD.replace('u1', 'u2')}"
        row, field = 3, "item_id"
    else:
        line = '{{"user":"{}","item":"{}","event":"buy","time":1600000000}}\n'
        content = line.format("u1", "i") + line.format("u1", long) + line.format("u2", "i")
        row, field = 2, "item"
    report, [reject] = refuse(write(f"events.{suffix}", content))
    assert (report.new, reject["code"], reject["row"]) == (2, "too_long", row)
    assert reject["field"] == field
    assert "longer than 1,000,000 bytes; shorten it" in reject["message"]
    assert "请缩短" in reject["message_zh"]
    assert len(str(reject)) < 5_000


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "txt"])
def test_a_line_without_end_is_passed_over_without_holding_it(
    suffix: str, refuse: Any, write: Any, settings: Settings
) -> None:
    limits = settings.ingest.model_copy(update={"max_field_bytes": 100_000})
    long = "x" * 5_000_000
    good = '{"user":"u1","item":"i1","event":"buy","time":1600000000}\n'
    content = good + long + "\n" + good if suffix == "jsonl" else HEAD + GOOD + long + "\n" + GOOD
    report, [reject] = refuse(
        write(f"events.{suffix}", content), settings=settings.model_copy(update={"ingest": limits})
    )
    assert (report.rows, reject["code"]) == (3, "too_long")
    assert reject["row"] == (2 if suffix == "jsonl" else 3)


def test_a_quoted_field_may_hold_lines_and_one_that_never_ends_costs_one_line(
    refuse: Any, write: Any, events: Any
) -> None:
    rows = [
        '"u,1","a\nb",view,1600000000,,,',
        'u2,"i2,view,1600000000,,,',
        *(f"v{number},i{number},view,1600000000,,," for number in range(2_000)),
        '"u3","say ""hi""",view,1600000000,,,',
    ]
    report, [reject] = refuse(write("events.csv", HEAD + "\n".join(rows)))
    assert (report.new, reject["code"], reject["row"]) == (2_002, "malformed", 4)
    assert events()[0]["item"] == "a\nb"
    assert events()[-1]["item"] == 'say "hi"'


def test_an_id_with_other_content_is_refused_by_the_store(refuse: Any, write: Any) -> None:
    rows = "e1,u1,i1,view,1600000000\ne1,u1,i1,view,1600000000\ne1,u2,i1,view,1600000000\n"
    report, [reject] = refuse(write("e.csv", "event_id,user_id,item_id,event,timestamp\n" + rows))
    assert (report.new, report.seen, report.refused) == (1, 1, {"other_content": 1})
    assert (reject["row"], reject["field"]) == (4, "id")
    assert "give the new one its own id" in reject["message"]
    assert "请换一个编号" in reject["message_zh"]


def test_json_of_wrong_shapes_is_refused_line_by_line(refuse: Any, write: Any) -> None:
    good = '{"user":"u1","item":"i1","event":"buy","time":1600000000}\n'
    bad = ["[1]", "{'user': 1}", '{"user":', '{"user":{"id":1},"item":"i","event":"buy","time":1}']
    report, rejects = refuse(write("e.jsonl", good + "\n".join(bad) + "\n" + good))
    assert report.rows == 6
    assert [(reject["row"], reject["code"]) for reject in rejects] == [
        (2, "malformed"),
        (3, "malformed"),
        (4, "malformed"),
        (5, "wrong_type"),
    ]


# file, content, problem, remedy, and both in Chinese
WHOLE: dict[str, tuple[str, bytes, str, str, str, str]] = {
    "empty": ("e.csv", b"", "the file is empty", "give a file with rows", "空的", "请提供有数据行"),
    "blank": ("e.csv", b"\n\n \n", "the file is empty", "give a file", "空的", "请提供有数据行"),
    "a header only": (
        "e.csv",
        HEAD.encode(),
        "no rows in it",
        "give a file with rows",
        "没有数据行",
        "请提供有数据行的文件",
    ),
    "an empty list": ("e.json", b"[]", "no rows in it", "give a file", "没有数据行", "请提供"),
    "a workbook": (
        "e.csv",
        b"PK\x03\x04" + b"\0" * 99,
        "an Excel workbook",
        "save it as CSV",
        "Excel 工作簿",
        "另存为 CSV",
    ),
    "a picture": (
        "e.csv",
        b"\x89PNG\r\n\x1a\n",
        "a picture",
        "give the table",
        "图片",
        "请提供表格",
    ),
    "a page": (
        "e.json",
        b"<!DOCTYPE html><html>",
        "a web page",
        "export the table as CSV",
        "网页",
        "请将表格导出为 CSV",
    ),
    "a database": (
        "e.csv",
        b"SQLite format 3\0",
        "an SQLite database",
        "export the table",
        "SQLite 数据库",
        "导出为 CSV",
    ),
    "bzip2": ("e.csv.bz2", b"BZh91AY", "with bzip2", "gzip or zstd", "bzip2 压缩", "请先解压"),
    "bytes": (
        "e.csv",
        bytes(range(256)) * 9,
        "is binary",
        "give a text file or Parquet",
        "二进制",
        "请提供文本文件",
    ),
    "UTF-16 without mark": (
        "e.csv",
        HEAD.encode("utf-16-le"),
        "UTF-16 without a mark",
        "pass --encoding utf-16-le",
        "没有 BOM 标记",
        "请指定 --encoding utf-16-le",
    ),
    "half a Parquet": (
        "e.parquet",
        b"PAR1" + b"\1" * 99,
        "not a whole Parquet file",
        "fetch it again",
        "不是完整的 Parquet",
        "请重新获取",
    ),
    "a broken header": (
        "e.csv",
        b'user,"item\n',
        "the header line cannot be read",
        "correct its quotes",
        "无法读取表头",
        "请改正其中的引号",
    ),
    "no header": (
        "e.csv",
        b"1,2268318,2520377,pv,1511544070\n1,2268319,2520377,pv,1511544071\n",
        "neither events nor items can be told",
        "--into events",
        "看不出是事件还是商品",
        "请用 --into events",
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_without_rows_of_ours_is_an_error_that_says_so(
    name: str, take: Any, write: Any, store: Store
) -> None:
    file, content, *words = WHOLE[name]
    with pytest.raises((BadInput, Damaged)) as caught:
        take(write(file, content))
    _says(caught.value, *words)
    assert file in str(caught.value)
    assert store.events.count() == 0


def test_a_file_without_header_is_suspected(take: Any, write: Any) -> None:
    with pytest.raises(BadInput, match="without a header line: pass --no-header and --columns"):
        take(write("e.csv", "1,22,pv,1511544070\n1,23,pv,1511544071\n"), into="events")


def test_several_columns_for_one_field_are_asked_about(take: Any, write: Any) -> None:
    content = "user_id,item_id,sku,event,date,timestamp\nu,i,s,buy,2020-01-01,1600000000\n"
    with pytest.raises(BadInput) as caught:
        take(write("e.csv", content))
    _says(
        caught.value,
        "several columns could be the",
        "choose one with --map",
        "有多列",
        "请用 --map",
    )


def test_a_mapped_column_must_be_there(take: Any, write: Any) -> None:
    from zhiyin.data.ingest import Mapping

    mapping = Mapping(into="events", fields={"shopper": "who"})
    with pytest.raises(BadInput) as caught:
        take(write("e.csv", HEAD + GOOD), mapping=mapping)
    _says(
        caught.value,
        "no column 'who' for shopper; found: user_id",
        "--map shopper=",
        "现有列",
        "请改正",
    )


def test_a_file_under_a_wrong_name_is_read_as_what_it_is_and_noted(take: Any, write: Any) -> None:
    sink = io.BytesIO()
    pq.write_table(
        pa.table({"user": ["u"], "item": ["i"], "event": ["buy"], "time": [10**9]}), sink
    )
    row = '{"user":"u1","item":"i1","event":"buy","time":1600000000}\n'
    for name, content, is_ in (
        ("a.csv", sink.getvalue(), "parquet"),
        ("b.csv", row, "jsonl"),
        ("c.parquet", HEAD + GOOD, "csv"),
        ("d.jsonl", f"[{row}]", "json"),
    ):
        report = take(write(name, content)).files[0]
        assert (report.format, report.rows) == (is_, 1)
        assert f"read as {is_}" in report.notes[0]


def test_a_format_that_was_said_and_is_not_is_refused(take: Any, write: Any) -> None:
    from zhiyin.data.ingest import Mapping

    with pytest.raises(BadInput, match=r"the content is not jsonl.*--format auto"):
        take(write("a.jsonl", HEAD + GOOD), mapping=Mapping(into="events", format="jsonl"))


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_of_a_truncated_file_the_complete_rows_are_in_and_the_break_is_told(
    kind: str, take: Any, write: Any, store: Store
) -> None:
    rows = "".join(
        f"u{number},i{number * 7919 % 999},view,1600000000,,,\n" for number in range(99_999)
    )
    whole = (HEAD + rows).encode()
    packed = (
        gzip.compress(whole) if kind == "gzip" else pa.Codec("zstd").compress(whole).to_pybytes()
    )
    file = write(f"e.csv.{'gz' if kind == 'gzip' else 'zst'}", packed[: len(packed) // 2])
    report = take(file)
    assert 10_000 < report.new == store.events.count() < 99_999
    assert report.refused == {}
    [problem] = report.problems
    assert isinstance(problem, Damaged)
    _says(
        problem,
        f"the {kind} data ends {len(packed) // 2:,} bytes into the file",
        "fetch the file",
        "字节处中断",
        "请重新获取",
    )
    file.write_bytes(packed)
    assert take(file).rows == store.events.count() == 99_999


def test_a_corrupt_gzip_is_told(take: Any, write: Any) -> None:
    packed = bytearray(gzip.compress((HEAD + GOOD * 99_999).encode()))
    packed[len(packed) // 2] ^= 0xFF
    report = take(write("e.csv.gz", bytes(packed)))
    assert isinstance(report.problems[0], Damaged)


@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_a_bomb_is_stopped_while_it_is_read(
    kind: str, take: Any, write: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.data.ingest.reading.streams.HARMLESS", 1 << 20)
    content = (HEAD + "u1,i1,view,1600000000,,,\n" * 400_000).encode()
    packed = (
        gzip.compress(content)
        if kind == "gzip"
        else pa.Codec("zstd").compress(content).to_pybytes()
    )
    report = take(write("bomb.csv.gz", packed))
    [problem] = report.problems
    assert isinstance(problem, TooLarge)
    _says(problem, "200 times", "raise ingest.max_ratio", "200 倍", "请调高 ingest.max_ratio")
    assert report.rows < 400_000


def test_a_small_file_that_packs_well_is_no_bomb(take: Any, write: Any) -> None:
    report = take(write("e.csv.gz", gzip.compress((HEAD + GOOD * 40_000).encode())))
    assert (report.rows, report.problems) == (40_000, ())


def test_json_that_stops_in_the_middle_gives_its_rows_and_says_so(take: Any, write: Any) -> None:
    row = '{"user":"u%d","item":"i1","event":"buy","time":1600000000}'
    content = "[" + ",".join(row % number for number in range(9)) + ',{"user":"u'
    report = take(write("e.json", content))
    assert report.new == 9
    _says(
        report.problems[0],
        "the JSON ends in the middle",
        "fetch the file",
        "中途结束",
        "请重新获取",
    )


def test_a_folder_without_usable_files_is_told(take: Any, tmp_path: Path) -> None:
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "notes.md").write_text("hello")
    with pytest.raises(BadInput) as caught:
        take(tmp_path / "only")
    _says(caught.value, "no file that could be read", "put CSV, TSV", "没有可读取的文件", "请放入")


def test_a_file_that_vanishes_between_listing_and_reading_is_told(
    take: Any, write: Any, tmp_path: Path, store: Store
) -> None:
    gone = write("b.csv", HEAD + GOOD)
    write("a.csv", HEAD + GOOD)
    inner = store.events.append

    def append(batch: Any) -> Any:
        gone.unlink(missing_ok=True)
        return inner(batch)

    store.events.append = append  # type: ignore[method-assign]
    report = take(tmp_path / "in")
    assert report.new == 1
    assert isinstance(report.problems[0], NotFound)
    _says(report.problems[0], "b.csv", "was it moved meanwhile?", "b.csv", "是否已被移走")


def test_a_file_that_may_not_be_read_is_told(
    take: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("e.csv", HEAD + GOOD)
    if os.geteuid() == 0:  # nothing is forbidden to root: let the system say so anyway

        def forbidden(self: Path, mode: str = "r", **given: Any) -> Any:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", forbidden)
    else:
        file.chmod(0)
    with pytest.raises(BadInput) as caught:
        take(file, resume=False)
    _says(caught.value, "not permitted", "chmod u+r", "没有读取权限", "chmod u+r")


def _says(error: ZhiyinError, problem: str, remedy: str, problem_zh: str, remedy_zh: str) -> None:
    english, chinese = error.text("en"), error.text("zh")
    assert problem in english
    assert remedy in english
    assert problem_zh in chinese
    assert remedy_zh in chinese
