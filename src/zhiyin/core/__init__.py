"""The nouns and the promises: what every other room speaks in.

Items, events, requests, slates, reasons, histories; settings, artifacts, errors, and
the ports that adapters implement. This room knows no other.
"""

from zhiyin.core.artifacts import Artifact, ArtifactStore, Draft, Manifest
from zhiyin.core.config import Config
from zhiyin.core.errors import (
    BadInput,
    BadRequest,
    BadSettings,
    Conflict,
    Damaged,
    Diverged,
    NotFitted,
    NotFound,
    TooLarge,
    Unavailable,
    ZhiyinError,
)
from zhiyin.core.event import EVENT_SCHEMA, Event, from_row, micros, moment, to_batch
from zhiyin.core.extras import extra
from zhiyin.core.histories import Histories, Vocabulary
from zhiyin.core.item import (
    Change,
    Item,
    Text,
    Variant,
    item_from_dict,
    item_from_json,
    item_to_json,
)
from zhiyin.core.keys import SCOPES, Act, Key, KeyRing
from zhiyin.core.log import Logger, get_logger
from zhiyin.core.lookup import (
    Document,
    Encoded,
    Encoder,
    Hits,
    Index,
    Keys,
    Mask,
    Modality,
    Unit,
    WordHits,
    WordIndex,
)
from zhiyin.core.ports import (
    Catalogue,
    Checkpoints,
    Clock,
    EventLog,
    Receipt,
    Store,
    in_batches,
)
from zhiyin.core.progress import SILENT, Progress, Step
from zhiyin.core.randomness import derive
from zhiyin.core.refusals import SENTENCES, Refusal, shorten
from zhiyin.core.search import SORTS, Chip, Facet, FacetValue, Found, Sort, Where
from zhiyin.core.settings import (
    DEFAULT_KINDS,
    SETTINGS_FILE,
    IngestSettings,
    KindSettings,
    SearchSettings,
    Settings,
    check_settings,
    load_settings,
)
from zhiyin.core.slate import Reason, Request, Slate, Told

__all__ = [
    "DEFAULT_KINDS",
    "EVENT_SCHEMA",
    "SCOPES",
    "SENTENCES",
    "SETTINGS_FILE",
    "SILENT",
    "SORTS",
    "Act",
    "Artifact",
    "ArtifactStore",
    "BadInput",
    "BadRequest",
    "BadSettings",
    "Catalogue",
    "Change",
    "Checkpoints",
    "Chip",
    "Clock",
    "Config",
    "Conflict",
    "Damaged",
    "Diverged",
    "Document",
    "Draft",
    "Encoded",
    "Encoder",
    "Event",
    "EventLog",
    "Facet",
    "FacetValue",
    "Found",
    "Histories",
    "Hits",
    "Index",
    "IngestSettings",
    "Item",
    "Key",
    "KeyRing",
    "Keys",
    "KindSettings",
    "Logger",
    "Manifest",
    "Mask",
    "Modality",
    "NotFitted",
    "NotFound",
    "Progress",
    "Reason",
    "Receipt",
    "Refusal",
    "Request",
    "SearchSettings",
    "Settings",
    "Slate",
    "Sort",
    "Step",
    "Store",
    "Text",
    "Told",
    "TooLarge",
    "Unavailable",
    "Unit",
    "Variant",
    "Vocabulary",
    "Where",
    "WordHits",
    "WordIndex",
    "ZhiyinError",
    "check_settings",
    "derive",
    "extra",
    "from_row",
    "get_logger",
    "in_batches",
    "item_from_dict",
    "item_from_json",
    "item_to_json",
    "load_settings",
    "micros",
    "moment",
    "shorten",
    "to_batch",
]
