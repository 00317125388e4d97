"""An ONNX network written by hand: nodes and arrays in, the bytes of a model out.

ONNX is protobuf, and what a plain network needs of it is small: numbers are varints, and
everything else is a length and bytes. So no ``onnx`` package is needed, which would bring
its own protobuf to every shop. Field numbers are those of ``onnx.proto``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_IR, _OPSET = 8, 13
_FLOAT, _INT, _INTS = 1, 2, 7
Shape = Sequence[int | str]


@dataclass(slots=True)
class Network:
    """A network as it is put together, node after node."""

    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    """Names and shapes; a size that varies is a name."""
    _parts: list[bytes] = field(default_factory=list, init=False)
    _count: int = field(default=0, init=False)

    def array(self, values: npt.ArrayLike) -> str:
        """Put an array into the network; its name."""
        whole = np.asarray(values, "<f4", order="C")
        name = self._name("w")
        dims = b"".join(_number(1, size) for size in whole.shape)
        tensor = dims + _number(2, _FLOAT) + _bytes(8, name) + _bytes(9, whole.tobytes())
        self._parts.append(_bytes(5, tensor))
        return name

    def node(
        self,
        kind: str,
        *inputs: str,
        output: str = "",
        **attributes: int | Sequence[int],
    ) -> str:
        """Put an operation into the network; the name of its output."""
        name = output or self._name("x")
        parts = [_bytes(1, each) for each in inputs] + [_bytes(2, name), _bytes(4, kind)]
        parts += [_bytes(5, _attribute(key, value)) for key, value in attributes.items()]
        self._parts.append(_bytes(1, b"".join(parts)))
        return name

    def to_bytes(self) -> bytes:
        """The model."""
        graph = [_bytes(2, "zhiyin"), *self._parts]
        graph += [_bytes(11, _value(*each)) for each in self.inputs.items()]
        graph += [_bytes(12, _value(*each)) for each in self.outputs.items()]
        opset = _bytes(8, _number(2, _OPSET))
        return _number(1, _IR) + _bytes(7, b"".join(graph)) + opset

    def _name(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, _INT)
    return _bytes(1, name) + b"".join(_number(8, each) for each in value) + _number(20, _INTS)


def _value(name: str, shape: Shape) -> bytes:
    """A named array of floats of that shape."""
    sizes = [_number(1, n) if isinstance(n, int) else _bytes(2, n) for n in shape]
    dims = b"".join(_bytes(1, size) for size in sizes)
    tensor = _number(1, _FLOAT) + _bytes(2, dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, tensor))


def _number(place: int, value: int) -> bytes:
    return _varint(place << 3) + _varint(value)


def _bytes(place: int, value: bytes | str) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return _varint(place << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
