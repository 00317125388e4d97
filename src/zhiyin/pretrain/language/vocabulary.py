"""The vocabulary: pieces of words learnt from a shop's own texts, or a checkpoint's.

Chinese characters stand alone, other words are cut into the pieces that make the texts
shortest (WordPiece, as in BERT). It is written as ``tokenizer.json``, which the encoder reads
that serves.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from zhiyin.core import BadRequest
from zhiyin.pretrain.language.pieces import learnt_pieces

Pieces = npt.NDArray[np.int64]
_SIGNS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_NAMES = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
_LONGEST = 100  # letters of a word; what is longer is unknown
_ALPHABET = 6_000  # characters: more than a shop uses, fewer than hostile texts could hold


class Vocabulary:
    """Texts → numbers of pieces."""

    def __init__(self, tokenizer: Any) -> None:
        """``tokenizer``: a fast one of transformers that has the five signs."""
        self.tokenizer = tokenizer
        self._backend = tokenizer.backend_tokenizer
        self._backend.no_truncation()
        self._backend.no_padding()
        # What a text says is never one of our signs, even where it is written like one.
        self._backend.encode_special_tokens = True
        self.pad, self.unknown, self.begin, self.end, self.mask = (
            int(getattr(tokenizer, f"{name}_id")) for name in _NAMES
        )

    @classmethod
    def learnt(cls, texts: Sequence[str], size: int) -> "Vocabulary":
        """The pieces that these texts are best made of, at most ``size``."""
        normal, words = (
            normalizers.BertNormalizer(lowercase=True),
            pre_tokenizers.BertPreTokenizer(),
        )
        counts: Counter[str] = Counter()
        for text in texts:
            said = words.pre_tokenize_str(normal.normalize_str(text))
            counts.update(word for word, _ in said if len(word) <= _LONGEST)
        known = [*_SIGNS, *learnt_pieces(counts, size - len(_SIGNS), min(_ALPHABET, size // 2))]
        numbers = {piece: number for number, piece in enumerate(known)}
        made = Tokenizer(
            models.WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=_LONGEST)
        )
        made.normalizer, made.pre_tokenizer = normal, words
        signs = dict(zip(_NAMES, _SIGNS, strict=True))
        return cls(PreTrainedTokenizerFast(tokenizer_object=made, **signs))

    @classmethod
    def of_checkpoint(cls, place: str) -> "Vocabulary":
        """The one that a checkpoint was trained with."""
        tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
        lacking = [name for name in _NAMES if getattr(tokenizer, name) is None]
        if not tokenizer.is_fast or lacking:
            raise BadRequest(
                what=f"the tokeniser of {place} has no {', '.join(lacking) or 'fast form'}",
                what_zh=f"{place} 的分词器缺少{'、'.join(lacking) or '快速版本'}",
                remedy="name a masked language model, such as a BERT",
                remedy_zh="请指定掩码语言模型，例如 BERT",
            )
        return cls(tokenizer)

    def __len__(self) -> int:
        return len(self.tokenizer)

    def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """The pieces of each text, without begin and end."""
        found = self._backend.encode_batch_fast([*texts], add_special_tokens=False)
        return [np.array(each.ids, np.int64) for each in found]

    def windows(self, pieces: Pieces, longest: int) -> Iterator[Pieces]:
        """As few stretches as needed of at most ``longest``, begin and end included."""
        for part in np.array_split(pieces, -(-len(pieces) // (longest - 2)) or 1):
            yield np.concatenate([[self.begin], part, [self.end]])

    def padded(self, rows: Sequence[Pieces]) -> Pieces:
        """(B, T) rows filled up to the longest."""
        found = np.full((len(rows), max(map(len, rows))), self.pad, np.int64)
        for row, own in zip(found, rows, strict=True):
            row[: len(own)] = own
        return found

    def save(self, file: Path) -> None:
        """Write ``tokenizer.json``."""
        file.write_text(self._backend.to_str(), encoding="utf-8")
