"""Going on from a checkpoint with few new weights: LoRA, and bottleneck adapters.

    lora      W x + (α / r) B A x     on the queries and values of every layer; B starts at 0
    adapter   x + U σ(V x)            after every layer; U starts at 0

so that both start as the checkpoint itself. Everything else is frozen. Hu et al.: *LoRA*,
ICLR 2022, by the peft library, merged into the weights at the end. Houlsby et al.:
*Parameter-efficient transfer learning for NLP*, ICML 2019, in the form of Pfeiffer et al.,
EACL 2021: one adapter a layer; here it stands after the layer's norm, which leaves the
layer's own code untouched.
"""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from zhiyin.core import Damaged
from zhiyin.pretrain.language.config import LanguageConfig, Method


class Bottleneck(nn.Module):
    """A layer's output and what is added to it."""

    def __init__(self, inner: nn.Module, width: int, units: int) -> None:
        super().__init__()
        self.inner = inner
        self.down, self.up = nn.Linear(width, units), nn.Linear(units, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, *inputs: Tensor) -> Tensor:
        x: Tensor = self.inner(*inputs)
        added: Tensor = self.up(nn.functional.gelu(self.down(x)))
        return x + added


def adapted(network: Any, method: Method, config: LanguageConfig) -> Any:
    """The network with only what ``method`` says left to learn; weights from torch's stream."""
    if method == "full":
        return network
    if method == "lora":
        targets = ["query", "value"]
        lora = LoraConfig(r=config.rank, lora_alpha=2 * config.rank, target_modules=targets)
        return inject_adapter_in_model(lora, network)
    network.requires_grad_(False)
    for layer in network.base_model.encoder.layer:
        layer.output = Bottleneck(layer.output, network.config.hidden_size, config.bottleneck)
    return network


def merged(network: Any, method: Method) -> Any:
    """The network with the same outputs and nothing beside its weights, where that can be."""
    if method != "lora":
        return network
    for name, part in [*network.named_modules()]:
        if hasattr(part, "base_layer"):
            part.merge()
            owner, _, own = name.rpartition(".")
            setattr(network.get_submodule(owner), own, part.base_layer)
    return network


def learnt_weights(network: nn.Module) -> dict[str, Tensor]:
    """What was left to learn, by name."""
    return {
        name: weight.detach().cpu().contiguous()
        for name, weight in network.named_parameters()
        if weight.requires_grad
    }


def save_weights(network: nn.Module, file: Path) -> None:
    """Write what was learnt, and nothing of the checkpoint."""
    save_file(learnt_weights(network), file)


def load_weights(network: nn.Module, file: Path) -> None:
    """Put beside a checkpoint, ``adapted`` in the same way, what ``save_weights`` wrote.

    Raises:
        Damaged: The file holds other weights than are to be learnt.
    """
    found, own = load_file(file), learnt_weights(network)
    strange = set(found.keys() ^ own.keys()) or {n for n in own if found[n].shape != own[n].shape}
    if strange:
        raise Damaged(
            what=str(file),
            problem=f"{min(strange)} is not what this checkpoint and method learn",
            problem_zh=f"{min(strange)} 与该检查点和方法不符",
            remedy="name the checkpoint, method and sizes that it was learnt with",
            remedy_zh="请使用训练时的检查点、方法与大小",
        )
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if name in found:
                weight.copy_(found[name])


def counted(network: nn.Module) -> tuple[int, int]:
    """How many numbers are left to learn, and how many there are."""
    sizes = [(weight.numel(), weight.requires_grad) for weight in network.parameters()]
    return sum(n for n, learns in sizes if learns), sum(n for n, _ in sizes)
