"""Whatever stands in the files, an import ends with a report or an error that names one."""

from pathlib import Path

import pytest

from zhiyin.core import ZhiyinError

FILES = {
    "amazon-reviews": ("reviews_X.json", "meta_X.json", "ratings_X.csv"),
    "coveo": ("browsing_train.csv", "search_train.csv", "sku_to_content.csv"),
    "gorse": ("items.jsonl", "feedback.jsonl", "items.csv", "feedback.csv", "shop.dump"),
    "hm": ("transactions_train.csv", "articles.csv"),
    "metarank": ("events.jsonl",),
    "mmrec": ("toys.inter", "i_id_mapping.csv"),
    "movielens": ("movies.csv", "ratings.csv", "tags.csv", "movies.dat", "ratings.dat", "u.item"),
    "open-bandit": ("bts/men/men.csv", "bts/men/item_context.csv"),
    "recbole": ("toys.inter", "toys.item"),
    "retailrocket": ("events.csv", "item_properties_part1.csv", "category_tree.csv"),
    "tafeng": ("ta_feng_all_months_merged.csv", "tafeng_merged.json"),
    "ubi": ("ubi_queries.jsonl", "ubi_events.jsonl"),
    "userbehavior": ("UserBehavior.csv", "trn_buy"),
}
GARBAGE = {
    "nothing": b"",
    "a newline": b"\n",
    "a word": b"hello\n",
    "no text": bytes(range(256)) * 4,
    "no utf-8": b"a,b,c\n\xff\xfe,\xe9\xe8,1\n",
    "a web page": b"<!DOCTYPE html><title>Sign in</title>",
    "another table": b"a,b\n1,2\n,\n",
    "a wide row": b",".join([b"x"] * 300) + b"\n" + b"|".join([b"y"] * 300) + b"\n",
    "another object": b'{"a": 1}\n{"asin": null, "event": "item", "fields": 3}\n{}\n',
    "nested things": b'{"ItemId": {"a": []}, "Labels": [[1]], "Timestamp": [], "UserId": {}}\n',
    "half an object": b'{"reviewerID": "A", "asi',
    "arrays": b"[1, [2], {}]\n[[]]\n",
    "deep": b"[" * 20_000 + b"]" * 20_000 + b"\n",
    "a header alone": b"userID\titemID\tx_label\nuser_id:token\titem_id:token\n",
    "packed garbage": b"\x1f\x8b\x08\x00garbage",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=list(GARBAGE))
@pytest.mark.parametrize("name", FILES)
def test_garbage_never_ends_in_a_fault_of_ours(name: str, garbage: bytes, bring, tmp_path) -> None:
    for file in FILES[name]:
        folder = tmp_path / file.replace("/", "-")
        _lay(folder, {other: b"" for other in FILES[name] if "/" in file} | {file: garbage})
        told = _outcome(name, folder, bring, pairs=file == "trn_buy")
        assert told == "" or str(folder) in told or Path(file).name in told


def _outcome(name: str, folder: Path, bring, pairs: bool) -> str:
    """The sentence of the error, or nothing where the import came to its end."""
    try:
        brought = bring(name, folder)
    except ZhiyinError as error:
        return str(error)
    # Any two words are a pair.
    assert pairs or brought.events == []
    return ""


def _lay(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
