"""Amazon Baby and Sports in MMRec's split, with what the goods look and read like.

The one place that reads them, for benchmarks and tests. The data is not shipped:
ZHIYIN_TEST_DATA names the folder of ``amazon``; ``missing`` says what is not there.

``<shop>.inter`` holds pairs with a label (0 train, 1 valid, 2 test);
``item_knn10_image_text.npz`` the ten nearest items by picture and by words, with
cosines, made by its authors from the features that the published tables were measured
with. Left out of a graph: an item as its own neighbour, and neighbours whose cosine is
NaN, which is what an item without a picture or words has.
"""

import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from scipy.sparse import csr_array

from zhiyin.core import DEFAULT_KINDS
from zhiyin.data import Dataset, Interactions, Split

SHOPS = ("baby", "sports")
MODALITIES = ("image", "text")
_BESIDE = Path(__file__).parents[2] / "shared" / "data"


def folder(shop: str) -> Path:
    """Where a shop's files are looked for."""
    return Path(os.environ.get("ZHIYIN_TEST_DATA", _BESIDE), "amazon", shop)


def missing(shop: str) -> str:
    """What to say when the data is not there; empty when it is."""
    if (folder(shop) / f"{shop}.inter").is_file():
        return ""
    return f"Amazon {shop} is not here; ZHIYIN_TEST_DATA names the folder of amazon/{shop}"


def load(shop: str, *, graphs: bool = True) -> Split:
    """The shop in the parts that its labels say."""
    file = folder(shop) / f"{shop}.inter"
    table = pa.csv.read_csv(file, parse_options=pa.csv.ParseOptions(delimiter="\t"))
    rows = table.num_rows
    events = pa.table(
        {
            "shopper": table["userID"].cast(pa.string()),
            "item": table["itemID"].cast(pa.string()),
            "kind": pa.array(["buy"] * rows),
            "time": pa.array(np.arange(rows)),
            "value": pa.nulls(rows, pa.float64()),
            "surface": pa.array([f"split:{label}" for label in table["x_label"].to_pylist()]),
        }
    )
    data = Interactions.from_events(events.to_batches(), DEFAULT_KINDS, labelled=True)
    wanted = MODALITIES if graphs else ()
    return Split.by_labels(Dataset(data, graphs={m: _graph(shop, m, data) for m in wanted}))


def sha(shop: str) -> str:
    """SHA-256 of the shop's files, graphs included."""
    digest = sha256()
    for name in (f"{shop}.inter", "item_knn10_image_text.npz"):
        digest.update((folder(shop) / name).read_bytes())
    return digest.hexdigest()


def _graph(shop: str, modality: str, data: Interactions) -> csr_array:
    """(I, I) the neighbours that the file names, by our item numbers."""
    with np.load(folder(shop) / "item_knn10_image_text.npz") as arrays:
        neighbours, cosines = arrays[f"{modality}_nbr"], arrays[f"{modality}_cosine"]
    numbers = data.items.numbers(str(n) for n in range(len(neighbours)))  # theirs → ours
    rows = np.repeat(np.arange(len(neighbours)), neighbours.shape[1])
    columns, cosines = neighbours.ravel(), cosines.ravel()
    good = (rows != columns) & ~np.isnan(cosines) & (numbers[rows] >= 0) & (numbers[columns] >= 0)
    places = numbers[rows[good]], numbers[columns[good]]
    size = len(data.items)
    return csr_array((cosines[good].astype(np.float32), places), shape=(size, size))
