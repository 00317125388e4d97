"""Networks written by hand are read by onnxruntime, and by onnx as they were meant."""

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as some

from zhiyin.encoders.onnxfile import Network, _varint


def doubled() -> bytes:
    """y = 2 · relu(x) over rows of three."""
    made = Network({"x": ("n", 3)}, {"y": ("n", 3)})
    made.node("Mul", made.node("Relu", "x"), made.array([2.0, 2.0, 2.0]), output="y")
    return made.to_bytes()


def test_a_network_computes_what_it_says() -> None:
    session = onnxruntime.InferenceSession(doubled(), providers=["CPUExecutionProvider"])
    (found,) = session.run(["y"], {"x": np.array([[1, -1, 3]], np.float32)})
    np.testing.assert_array_equal(found, [[2, 0, 6]])


def test_attributes_and_shapes_arrive() -> None:
    made = Network({"x": ("n", 1, 4, 4)}, {"y": ("n", 1, 2, 2)})
    weight = made.array(np.ones((1, 1, 2, 2)))
    made.node("Conv", "x", weight, strides=(2, 2), pads=(0, 0, 0, 0), group=1, output="y")
    session = onnxruntime.InferenceSession(made.to_bytes(), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["n", 1, 4, 4]
    (found,) = session.run(["y"], {"x": np.ones((3, 1, 4, 4), np.float32)})
    np.testing.assert_array_equal(found, np.full((3, 1, 2, 2), 4))


def test_onnx_finds_nothing_to_complain_about() -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load_from_string(doubled())
    onnx.checker.check_model(model, full_check=True)
    assert model.SerializeToString(deterministic=True)


@given(some.integers(0, 2**63 - 1))
def test_numbers_are_written_seven_bits_at_a_time(value: int) -> None:
    written = _varint(value)
    assert all(byte & 0x80 for byte in written[:-1])
    assert not written[-1] & 0x80
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(written)) == value
