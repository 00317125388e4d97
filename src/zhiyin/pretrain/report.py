"""PretrainReport: what became of a catalogue, and what could not be described."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhiyin.core import ZhiyinError
from zhiyin.pretrain.align import Facts
from zhiyin.pretrain.contents import Tally
from zhiyin.pretrain.language import LanguageReport


@dataclass(frozen=True, slots=True)
class PretrainReport:
    """What was described, and what it became."""

    artifact: str
    items: int
    tallies: Mapping[str, Tally]
    """Modality → what became of the items in it."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """Modality → columns of its vectors."""
    alignment: Facts | None = None
    """How words and pictures came into one space; None: they did not."""
    language: LanguageReport | None = None
    """What was learnt of the shop's own language; None: nothing this time."""
    unaligned: ZhiyinError | None = None
    """Why they did not, where they should have."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By step."""
    lines: Path | None = None
    """The file that names every item with a trouble; None: there is none."""

    @property
    def broken(self) -> int:
        """Contents that could not be read or encoded."""
        return sum(sum(tally.broken.values()) for tally in self.tallies.values())

    def record(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "artifact": self.artifact,
            "items": self.items,
            "modalities": {
                name: {**tally.record(), "width": self.widths.get(name)}
                for name, tally in self.tallies.items()
            },
            "alignment": None if self.alignment is None else self.alignment.model_dump(),
            "language": None if self.language is None else self.language.record(),
            "unaligned": None if self.unaligned is None else str(self.unaligned),
            "report": None if self.lines is None else str(self.lines),
            "seconds": {name: round(took, 3) for name, took in self.seconds.items()},
        }
