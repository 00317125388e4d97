"""H&M Personalized Fashion Recommendations: purchases and articles.

``transactions_train.csv`` (t_dat, customer_id, article_id, price, sales_channel_id) and
``articles.csv`` of the competition's folder; pictures under ``images/010/0108775015.jpg``.

* A row is an event ``buy`` of one piece. Rows that say the same are pieces of one
  purchase, not mistakes: every row is its own event.
* Ids keep their leading zeros. The day is taken as midnight UTC; the channel (1 shop,
  2 online) is the surface. Prices are scaled by an unknown factor and not read.
* An article is an item: index group, product group and type are its category, the
  colour, pattern, department, section and garment group attributes. A picture is taken
  when it is there: set ``images`` in zhiyin.toml to the folder ``images``.
"""

from collections.abc import Iterator
from pathlib import Path

from zhiyin.data.importers.importer import Importer, Step, first
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Expand, Row

_PATH = ("index_group_name", "product_group_name", "product_type_name")
_ATTRIBUTES = {
    "product": "product_code",
    "colour": "colour_group_name",
    "colour_shade": "perceived_colour_value_name",
    "pattern": "graphical_appearance_name",
    "department": "department_name",
    "section": "section_name",
    "garment_group": "garment_group_name",
}


def _steps(path: Path) -> list[Step]:
    steps = []
    if file := first(path, "articles.csv"):
        read = _articles(file.parent / "images")
        steps.append(Step(file, Mapping(into="items", format="csv", expand=read)))
    if file := first(path, "transactions_train.csv", "transactions*.csv"):
        events = Mapping(
            into="events",
            format="csv",
            fields={
                "shopper": "customer_id",
                "item": "article_id",
                "time": "t_dat",
                "surface": "sales_channel_id",
                "value": "",
            },
            constants={"kind": "buy"},
            timezone="UTC",
            identity="row",
        )
        steps.append(Step(file, events))
    return steps


def _articles(pictures: Path) -> Expand:
    def articles(row: Row) -> Iterator[Row]:
        id = row["article_id"]
        picture = f"{id[:3]}/{id}.jpg"
        yield {
            "id": id,
            "title": row["prod_name"],
            "description": row["detail_desc"],
            "category": [row[step] for step in _PATH],
            "images": [picture] if (pictures / picture).is_file() else [],
            "attributes": {ours: row[theirs] for ours, theirs in _ATTRIBUTES.items()},
        }

    return articles


HM = Importer(
    name="hm",
    title="H&M Personalized Fashion Recommendations",
    title_zh="H&M 个性化时尚推荐",
    files="transactions_train.csv and articles.csv",
    home="https://www.kaggle.com/competitions/h-and-m-personalized-fashion-recommendations",
    steps=_steps,
)
