"""Adapting: only the new weights move, they start as nothing, and they can be laid aside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft", reason="no peft: pip install 'zhiyin[language]'")

import torch

from zhiyin.core import BadRequest, Damaged
from zhiyin.pretrain.language import LanguageConfig
from zhiyin.pretrain.language.adapting import (
    adapted,
    counted,
    learnt_weights,
    load_weights,
    merged,
    save_weights,
)
from zhiyin.pretrain.language.network import opened_network

TOKENS = torch.tensor([[2, 9, 10, 11, 3], [2, 8, 7, 3, 0]])
METHODS = ("lora", "adapter")


def outputs(network: Any) -> Any:
    network.eval()
    with torch.no_grad():
        return network(input_ids=TOKENS, attention_mask=(TOKENS != 0).long()).logits


def step(network: Any) -> None:
    """One step of descent, large enough to be seen."""
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.Adam(learnt, lr=0.1)
    for _ in range(2):  # after one, LoRA's A has not moved yet
        optimiser.zero_grad()
        network(input_ids=TOKENS).logits.square().mean().backward()
        optimiser.step()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_it_starts_as_the_checkpoint_and_leaves_its_weights_alone(
    checkpoint: Callable[[str], Path], small: LanguageConfig, method: Any, kind: str
) -> None:
    place = str(checkpoint(kind))
    wanted = outputs(opened_network(place))
    network = adapted(opened_network(place), method, small)
    assert torch.equal(outputs(network), wanted)
    frozen = {n: w.clone() for n, w in network.named_parameters() if not w.requires_grad}
    step(network)
    assert not torch.allclose(outputs(network), wanted, atol=1e-3)
    for name, weight in network.named_parameters():
        if name in frozen:
            assert torch.equal(weight, frozen[name]), name
    original = {tuple(w.shape): 0 for w in opened_network(place).parameters()}
    assert {tuple(w.shape) for w in frozen.values()} >= original.keys()


def test_the_learnt_share_is_as_the_sizes_say(
    checkpoint: Callable[[str], Path], small: LanguageConfig
) -> None:
    place = str(checkpoint("bert"))
    whole = sum(weight.numel() for weight in opened_network(place).parameters())
    lora = 2 * 2 * (2 * 16 + 2 * 16)  # layers × matrices × (A and B of rank 2)
    adapter = 2 * (16 * 4 + 4 + 4 * 16 + 16)
    assert counted(adapted(opened_network(place), "lora", small)) == (lora, whole + lora)
    assert counted(adapted(opened_network(place), "adapter", small)) == (adapter, whole + adapter)
    assert counted(adapted(opened_network(place), "full", small)) == (whole, whole)


@pytest.mark.parametrize("method", METHODS)
def test_learnt_weights_are_loaded_beside_the_checkpoint(
    checkpoint: Callable[[str], Path], small: LanguageConfig, tmp_path: Path, method: Any
) -> None:
    place, file = str(checkpoint("bert")), tmp_path / "learnt.safetensors"
    network = adapted(opened_network(place), method, small)
    step(network)
    save_weights(network, file)
    other = adapted(opened_network(place), method, small)
    load_weights(other, file)
    assert torch.equal(outputs(other), outputs(network))
    # The file is of what was learnt alone.
    size = sum(weight.numel() for weight in learnt_weights(network).values())
    assert file.stat().st_size < 4 * size + 4_000


def test_weights_of_another_method_or_size_are_refused(
    checkpoint: Callable[[str], Path], small: LanguageConfig, tmp_path: Path
) -> None:
    place, file = str(checkpoint("bert")), tmp_path / "learnt.safetensors"
    save_weights(adapted(opened_network(place), "lora", small), file)
    wider = small.model_copy(update={"rank": 3})
    for network in (
        adapted(opened_network(place), "adapter", small),
        adapted(opened_network(place), "lora", wider),
    ):
        with pytest.raises(Damaged, match="is not what this checkpoint"):
            load_weights(network, file)


def test_merging_changes_no_output_and_leaves_nothing_beside(
    checkpoint: Callable[[str], Path], small: LanguageConfig
) -> None:
    place = str(checkpoint("bert"))
    network = adapted(opened_network(place), "lora", small)
    step(network)
    wanted = outputs(network)
    found = merged(network, "lora")
    torch.testing.assert_close(outputs(found), wanted, atol=1e-5, rtol=1e-5)
    plain = opened_network(place)
    assert {*found.state_dict()} == {*plain.state_dict()}


def test_a_network_of_another_family_is_refused(tmp_path: Path) -> None:
    import transformers

    config = transformers.DistilBertConfig(vocab_size=40, dim=16, n_layers=1, n_heads=2)
    transformers.DistilBertForMaskedLM(config).save_pretrained(tmp_path)
    with pytest.raises(BadRequest, match="distilbert"):
        opened_network(str(tmp_path))
