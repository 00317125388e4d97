"""Weights: the arrays of a torch state dict, read without torch and without running pickle.

A file that torch wrote before version 1.6 is five pickles and then the numbers: a magic
number, the protocol, the sizes of types, the state dict itself, the keys of its storages
in order, and per storage a count and that many values. The pickles are walked opcode by
opcode by a machine that knows the few opcodes of a state dict. It can build mappings,
tuples and descriptions of arrays, and calls nothing: a file that asks for more is refused.
"""

import pickletools
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.core import Damaged

Arrays = Mapping[str, npt.NDArray[Any]]

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_STORAGES: Mapping[str, np.dtype[Any]] = {
    "torch FloatStorage": np.dtype("<f4"),
    "torch LongStorage": np.dtype("<i8"),
}
_DICT, _TENSOR = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
_KNOWN = {_DICT, _TENSOR, *_STORAGES}


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class _Name:
    """The name of a class or function of torch: compared with, never looked up."""

    name: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_weights(content: bytes, what: str = "the file of weights") -> Arrays:
    """The arrays of a state dict by name; ``what`` is their name in a refusal.

    Raises:
        Damaged: it is no state dict in this format, it is cut off, or it asks for more.
    """
    try:
        return _arrays(content)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise Damaged(
            what=what,
            problem=f"not a plain state dict of torch ({error})",
            problem_zh=f"不是 torch 的普通权重文件（{error}）",
            remedy="install the package that holds it again",
            remedy_zh="请重新安装其所在的软件包",
        ) from error


def _arrays(content: bytes) -> Arrays:
    stream = BytesIO(content)
    magic, protocol, _, state, keys = (_walk(stream) for _ in range(5))
    if magic != _MAGIC or protocol != _PROTOCOL:
        raise ValueError("another format")
    tensors = {name: each for name, each in state.items() if isinstance(each, _Tensor)}
    kinds = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    values = dict(_storages(content, stream.tell(), [kinds[key] for key in keys]))
    return {name: _strided(values[each.storage.key], each) for name, each in tensors.items()}


def _storages(
    content: bytes, place: int, storages: list[_Storage]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """The values of each storage, one after the other from ``place``."""
    for storage in storages:
        count = int.from_bytes(content[place : place + 8], "little", signed=True)
        if count != storage.count or count < 0:
            raise ValueError(f"storage {storage.key} has another size than was said")
        kind = _STORAGES[storage.kind]
        yield storage.key, np.frombuffer(content, kind, count, place + 8)
        place += 8 + count * kind.itemsize


def _strided(values: npt.NDArray[Any], tensor: _Tensor) -> npt.NDArray[Any]:
    """A copy in C order of what the shape and the strides (in values) pick out."""
    if min((*tensor.shape, *tensor.strides, tensor.offset), default=0) < 0:
        raise ValueError("a size below zero")
    if len(tensor.shape) != len(tensor.strides):
        raise ValueError("a shape without its strides")
    steps = zip(tensor.shape, tensor.strides, strict=True)
    last = tensor.offset + sum((size - 1) * step for size, step in steps)
    # A stride of zero could make a large array out of one value.
    if 0 in tensor.shape or last >= len(values) or prod(tensor.shape) > len(values):
        raise ValueError("an array outside its storage")
    size = values.itemsize
    view = np.lib.stride_tricks.as_strided(
        values[tensor.offset :], tensor.shape, [size * step for step in tensor.strides]
    )
    return np.array(view, order="C")


def _walk(stream: BytesIO) -> Any:
    """The value of one pickle, or ValueError at the first opcode that is not known."""
    machine = _Machine()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes, in opcodes that are refused anyway
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name == "STOP":
                return machine.stack.pop()
            machine.step(opcode.name, argument)
    raise ValueError("a pickle without an end")


class _Machine:
    """The stack of a pickle; it knows plain values, containers and descriptions of arrays."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Do what one opcode says."""
        if name in _VALUES:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[argument])
        elif name in _ACTIONS:
            _ACTIONS[name](self)
        elif name == "GLOBAL" and argument in _KNOWN:
            self.stack.append(_Name(argument))
        elif name != "PROTO":
            raise ValueError(f"it asks for {name} {argument or ''}".rstrip())

    def since_mark(self) -> list[Any]:
        """What was put down since the last mark, taken off."""
        start = self.marks.pop()
        taken = self.stack[start:]
        del self.stack[start:]
        return taken

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def tuple(self) -> None:
        self.stack.append((*self.since_mark(),))

    def last(self, count: int) -> None:
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        self.stack.append((*taken,))

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.stack[-1][key] = value

    def set_items(self) -> None:
        pairs = self.since_mark()
        self.stack[-1].update(zip(pairs[::2], pairs[1::2], strict=True))

    def append(self) -> None:
        value = self.stack.pop()
        self.stack[-1].append(value)

    def append_all(self) -> None:
        values = self.since_mark()
        self.stack[-1].extend(values)

    def storage(self) -> None:
        _, kind, key, _, count, _ = self.stack.pop()
        self.stack.append(_Storage(str(key), kind.name, int(count)))

    def make(self) -> None:
        arguments, made = self.stack.pop(), self.stack.pop()
        if made == _Name(_DICT):
            self.stack.append({})
        elif made == _Name(_TENSOR):
            storage, offset, shape, strides, *_ = arguments
            self.stack.append(_Tensor(storage, offset, shape, strides))
        else:
            raise ValueError("it asks for a call")

    def forget_attributes(self) -> None:
        self.stack.pop()  # the versions of layers, which torch hangs on the mapping


_VALUES = {"BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1"}
_CONSTANTS: Mapping[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": lambda: (),
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
}
_ACTIONS: Mapping[str, Callable[[_Machine], None]] = {
    "MARK": _Machine.mark,
    "TUPLE": _Machine.tuple,
    "TUPLE1": lambda machine: machine.last(1),
    "TUPLE2": lambda machine: machine.last(2),
    "TUPLE3": lambda machine: machine.last(3),
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.append_all,
    "BINPERSID": _Machine.storage,
    "REDUCE": _Machine.make,
    "BUILD": _Machine.forget_attributes,
}
