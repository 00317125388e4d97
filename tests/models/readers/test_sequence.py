"""Sequences: the newest positive events in order, and dislikes that push away."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import KindSettings, Vocabulary
from zhiyin.data import Strengths
from zhiyin.models import Vectors, load_form
from zhiyin.models.readers import Sequence, Sum
from zhiyin.models.readers.graph import Graph
from zhiyin.models.readers.reader import Known

onnx = pytest.importorskip("onnx", reason="onnx is not installed")

OWN = np.array([[1, 0], [0, 1], [2, 1], [0, -3]], np.float32)


def network(body: list[tuple[str, list[str], dict[str, Any]]], inputs: dict[str, Any]) -> Graph:
    """A graph of nodes, each named by its place: n0, n1 …; the last one is the output."""
    helper, kinds = onnx.helper, onnx.TensorProto
    nodes = [
        helper.make_node(kind, given, [f"n{place}"], **facts)
        for place, (kind, given, facts) in enumerate(body)
    ]
    axes = onnx.numpy_helper.from_array(np.array([1], np.int64), "axis")
    declared = [
        helper.make_tensor_value_info(
            name, kinds.INT64 if name == "lengths" else kinds.FLOAT, shape
        )
        for name, shape in inputs.items()
    ]
    output = helper.make_tensor_value_info(f"n{len(nodes) - 1}", kinds.FLOAT, ["B", 2])
    graph = helper.make_graph(nodes, "test", declared, [output], [axes])
    opset = [helper.make_opsetid("", 17)]
    return Graph(helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString())


def mean_of_rows() -> Graph:
    """The mean of the items' vectors, from rows padded with zeros and true lengths."""
    return network(
        [
            ("ReduceSum", ["rows", "axis"], {"keepdims": 0}),
            ("Cast", ["lengths"], {"to": onnx.TensorProto.FLOAT}),
            ("Unsqueeze", ["n1", "axis"], {}),
            ("Div", ["n0", "n2"], {}),
        ],
        {"rows": ["B", "T", 2], "lengths": ["B"]},
    )


def known(*histories: list[tuple[int, float]]) -> Known:
    items = np.array([item for history in histories for item, _ in history], np.int64)
    weights = np.array([weight for history in histories for _, weight in history], np.float32)
    offsets = np.concatenate([[0], np.cumsum([len(history) for history in histories])])
    return Known(items, weights, offsets.astype(np.int64), np.arange(len(items)))


def test_the_newest_positive_events_are_read_whatever_the_batch() -> None:
    reader = Sequence(OWN, mean_of_rows(), length=2, push=0.0)
    found = reader.read(known([(3, 1.0), (0, 1.0), (1, -9.0), (1, 1.0)], [], [(2, 0.1)]))
    np.testing.assert_allclose(found, [[0.5, 0.5], [0, 0], [2, 1]])


def test_many_histories_of_all_lengths_come_back_in_their_order() -> None:
    rng = np.random.default_rng(1)
    lengths = rng.integers(0, 6, 600)
    asked = known(*[[(int(rng.integers(4)), 1.0) for _ in range(n)] for n in lengths])
    found = Sequence(OWN, mean_of_rows(), length=9).read(asked)
    rows = np.split(OWN[asked.items], asked.offsets[1:-1])
    expected = [row.mean(axis=0) if len(row) else np.zeros(2) for row in rows]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_dislike_pushes_away_from_its_item() -> None:
    reader = Sequence(OWN, mean_of_rows(), length=5, push=0.5)
    found = reader.read(known([(0, 1.0), (3, -3.0)], [(3, -2.0)]))
    # Three quarters of the history are the dislike; item 3 points down.
    np.testing.assert_allclose(found[0], [1, 0.5 * 0.75 * 1.0], rtol=1e-6)
    typical = np.linalg.norm(OWN, axis=1).mean()
    np.testing.assert_allclose(found[1], [0, 0.5 * typical], rtol=1e-6)


def test_a_part_is_what_goes_with_its_event() -> None:
    reader = Sequence(OWN, mean_of_rows(), length=5)
    history = [(0, 1.0), (1, -1.0), (2, 2.0)]
    whole = reader.read(known(history))[0]
    for place, part in enumerate(reader.parts(known(history))):
        rest = reader.read(known(history[:place] + history[place + 1 :]))[0]
        np.testing.assert_allclose(part, whole - rest, atol=1e-6)
    np.testing.assert_allclose(reader.parts(known([(2, 1.0)])), [[2, 1]])
    assert reader.parts(known([])).shape == (0, 2)


def test_a_head_bends_a_sum() -> None:
    head = network([("Relu", ["sums"], {})], {"sums": ["B", 2]})
    reader = Sum(OWN, power=0.0, head=head)
    np.testing.assert_allclose(reader.read(known([(0, 1.0), (3, 1.0)]))[0], [1, 0])
    # Without item 0 nothing is left; without item 3 nothing changes.
    parts = reader.parts(known([(0, 1.0), (3, 1.0)]))
    np.testing.assert_allclose(parts, [[1, 0], [0, 0]])


@pytest.mark.parametrize("kind", ["sequence", "head"])
def test_a_network_is_saved_with_its_form(tmp_path: Path, kind: str) -> None:
    strengths = Strengths({"view": KindSettings(weight=1.0)})
    head = network([("Relu", ["sums"], {})], {"sums": ["B", 2]})
    reader = Sequence(OWN, mean_of_rows(), 3) if kind == "sequence" else Sum(OWN, head=head)
    form = Vectors(Vocabulary("abcd"), OWN, np.zeros(4, np.float32), reader, strengths)
    form.save(tmp_path)
    loaded = load_form(tmp_path)
    (tmp_path / "vectors.npy").unlink()  # mapped: what is served needs no reading again
    shoppers = known([(0, 1.0), (2, 1.0)])
    np.testing.assert_array_equal(
        loaded.reader.read(shoppers),  # type: ignore[attr-defined]
        reader.read(shoppers),
    )
    assert loaded.memory == form.memory


def test_settings_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Sequence(OWN, mean_of_rows(), length=0)
    with pytest.raises(ValueError, match="cannot be opened"):
        Sequence(OWN, Graph(b"no network"), length=1).read(known([(0, 1.0)]))
