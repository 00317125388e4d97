"""Open Bandit of ZOZOTOWN: what was shown, how likely that was, and whether it was clicked.

Folders ``{random,bts}/{all,men,women}`` with ``<campaign>.csv`` and ``item_context.csv``;
any of the folders may be given.

* A row is an ``impression`` with its propensity; where ``click`` is 1, a ``click`` with
  the same request follows. Positions count from 0 here, from 1 there.
* Rows are not joined to screens in the data, so each has a request of its own.
* Nobody has a name: those who share all four hashed ``user_feature``s are one shopper.
  It is a group of people; do not read their histories as a person's.
* Items of different campaigns share numbers, so ids carry the campaign: ``men:14``.
  The surface is policy and campaign, ``bts/men``, which off-policy estimates need.
* ``item_feature``s become attributes; the 80 columns of affinities are not read.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.importers.columns import less_one
from zhiyin.data.importers.importer import Importer, Step
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import ROW, Expand, Row, Transform

_GROUP = tuple(f"user_feature_{number}" for number in range(4))


def _steps(path: Path) -> list[Step]:
    folders = sorted(file.parent for file in path.rglob("item_context.csv"))
    found = [(f, f / f"{f.name}.csv") for f in folders if (f / f"{f.name}.csv").is_file()]
    # Both policies of a campaign show the same items, whose features are hashed anew.
    contexts = {folder.name: folder / "item_context.csv" for folder, _ in found}
    items = [
        Step(file, Mapping(into="items", format="csv", expand=_contexts(campaign)))
        for campaign, file in contexts.items()
    ]
    return items + [Step(log, _events(folder)) for folder, log in found]


def _contexts(campaign: str) -> Expand:
    def contexts(row: Row) -> Iterator[Row]:
        features = {name: cell for name, cell in row.items() if name.startswith("item_feature_")}
        number = {"item_feature_0": float(features["item_feature_0"])}
        yield {"id": f"{campaign}:{row['item_id']}", "attributes": features | number}

    return contexts


def _events(folder: Path) -> Mapping:
    return Mapping(
        into="events",
        format="csv",
        time_unit="iso",
        timezone="UTC",
        fields={"value": ""},
        transform=_shown(folder.name, f"{folder.parent.name}/{folder.name}"),
    )


def _shown(campaign: str, surface: str) -> Transform:
    def shown(batch: pa.RecordBatch) -> pa.RecordBatch:
        people = pc.binary_join_element_wise(
            *[pc.utf8_slice_codeunits(batch[name], 0, 8) for name in _GROUP], "-"
        )
        rows = pc.binary_join_element_wise(surface, pc.cast(batch[ROW], pa.string()), "/")
        impressions = {
            "id": rows,
            "shopper": people,
            "item": pc.binary_join_element_wise(campaign, batch["item_id"], ":"),
            "kind": pa.repeat(pa.scalar("impression"), batch.num_rows),
            "time": batch["timestamp"],
            "request": rows,
            "surface": pa.repeat(pa.scalar(surface), batch.num_rows),
            "position": less_one(batch["position"]),
            "propensity": batch["propensity_score"],
            ROW: batch[ROW],
        }
        table = pa.RecordBatch.from_pydict(impressions)
        clicked = table.filter(pc.equal(batch["click"], "1"))
        clicks = {name: clicked[name] for name in clicked.schema.names} | {
            "id": pc.binary_join_element_wise(clicked["id"], "click", "/"),
            "kind": pa.repeat(pa.scalar("click"), clicked.num_rows),
        }
        return pa.concat_batches([table, pa.RecordBatch.from_pydict(clicks)])

    return shown


OPEN_BANDIT = Importer(
    name="open-bandit",
    title="Open Bandit (ZOZOTOWN)",
    title_zh="Open Bandit（ZOZOTOWN 时尚推荐日志）",
    files="CAMPAIGN/CAMPAIGN.csv with item_context.csv beside, for example bts/men/men.csv",
    home="https://research.zozo.com/data.html",
    steps=_steps,
)
