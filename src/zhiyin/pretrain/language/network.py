"""The network: a small BERT that starts from nothing, or a checkpoint's masked language model.

Devlin et al.: *BERT: Pre-training of deep bidirectional transformers for language
understanding*, NAACL 2019, in the form of the transformers library. A text's vector is the
mean of its pieces' last hidden rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModelForMaskedLM, BertConfig, BertForMaskedLM
from transformers.utils import logging

from zhiyin.core import BadRequest
from zhiyin.pretrain.language.config import LanguageConfig
from zhiyin.pretrain.language.vocabulary import Pieces, Vocabulary

_ROWS = 64


class Reader(nn.Module):
    """A masked language model, and the vectors that are made of its hidden rows."""

    def __init__(self, network: Any, pad: int) -> None:
        super().__init__()
        self.network, self.pad = network, pad

    @property
    def width(self) -> int:
        """D, the columns of a hidden row."""
        return int(self.network.config.hidden_size)

    def hidden(self, tokens: Tensor) -> Tensor:
        """(B, T) pieces → (B, T, D)."""
        found = self.network.base_model(
            input_ids=tokens, attention_mask=(tokens != self.pad).long()
        )
        rows: Tensor = found.last_hidden_state
        return rows

    def guesses(self, rows: Tensor) -> Tensor:
        """(n, D) hidden rows of hidden pieces → (n, V) scores of what they may be."""
        head = getattr(self.network, "cls", None) or self.network.lm_head
        scores: Tensor = head(rows)
        return scores

    def vectors(self, tokens: Tensor) -> Tensor:
        """(B, T) → (B, D) the mean over what is there."""
        there = (tokens != self.pad)[..., None]
        return (self.hidden(tokens) * there).sum(dim=1) / there.sum(dim=1)

    def encoded(self, rows: Sequence[Pieces], vocabulary: Vocabulary) -> Tensor:
        """(N, D) on the CPU, a few at a time, without gradient; ``rows`` with begin and end."""
        place = next(self.parameters()).device
        found = []
        with torch.no_grad():
            for start in range(0, len(rows), _ROWS):
                tokens = torch.from_numpy(vocabulary.padded(rows[start : start + _ROWS]))
                found.append(self.vectors(tokens.to(place)).float().cpu())
        return torch.cat(found)


def new_network(config: LanguageConfig, vocabulary: Vocabulary, texts: Sequence[Pieces]) -> Any:
    """Random weights, from torch's stream, but for how often each piece comes in ``texts``.

    That is where guessing would get to first, by detours: on the demo shop's texts held
    pieces cost 5.53 nats after two epochs from here, and 5.68 from nothing.
    """
    if config.width % config.heads:
        raise BadRequest(
            what=f"width {config.width} is no multiple of {config.heads} heads",
            what_zh=f"width {config.width} 不是 heads {config.heads} 的倍数",
            remedy="set another width or other heads",
            remedy_zh="请修改 width 或 heads",
        )
    network = BertForMaskedLM(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=4 * config.width,
            max_position_embeddings=config.longest,
            hidden_dropout_prob=config.dropout,
            attention_probs_dropout_prob=config.dropout,
            pad_token_id=vocabulary.pad,
        )
    )
    counts = np.bincount(np.concatenate(texts), minlength=len(vocabulary)) + 1.0
    with torch.no_grad():
        network.cls.predictions.bias.copy_(torch.from_numpy(np.log(counts / counts.sum())))
    return network


def opened_network(place: str) -> Any:
    """The masked language model in a folder; only safetensors are read, no code is run."""
    with _no_bars():
        network = AutoModelForMaskedLM.from_pretrained(
            place, use_safetensors=True, trust_remote_code=False
        )
    layers = getattr(getattr(network.base_model, "encoder", None), "layer", None)
    if layers is None or not (hasattr(network, "cls") or hasattr(network, "lm_head")):
        kind = network.config.model_type
        raise BadRequest(
            what=f"a checkpoint of the kind {kind} cannot be gone on from",
            what_zh=f"无法从 {kind} 类型的检查点继续",
            remedy="name one of BERT's family: bert, roberta, xlm-roberta, ernie",
            remedy_zh="请指定 BERT 一类的模型：bert、roberta、xlm-roberta、ernie",
        )
    return network


def write_checkpoint(network: Any, vocabulary: Vocabulary, folder: Path) -> None:
    """A folder of Hugging Face's form, from which learning can go on."""
    with _no_bars():
        network.save_pretrained(folder)
        vocabulary.tokenizer.save_pretrained(folder)


@contextmanager
def _no_bars() -> Iterator[None]:
    """Without the library's own progress bars, which it would draw over ours."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def longest_of(network: Any, wanted: int) -> int:
    """Pieces that it can read at once, at most ``wanted``."""
    # RoBERTa counts places from after the filling's number, so that some are lost.
    config = network.config
    lost = 0 if config.model_type == "bert" else int(config.pad_token_id or 0) + 1
    return min(wanted, int(config.max_position_embeddings) - lost)
