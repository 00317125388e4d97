"""Forms serve without what they were trained with."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import DEFAULT_KINDS, Vocabulary
from zhiyin.data import Strengths
from zhiyin.models import Blend, Form, Neighbours, Vectors
from zhiyin.models.leastsquares import Penalty
from zhiyin.models.readers import Ridge, Sequence, Sum
from zhiyin.models.readers.graph import Graph

NAMES = ("scarf", "teapot", "fan")
STRENGTHS = Strengths(DEFAULT_KINDS)


def neighbours() -> Neighbours:
    table = csr_array(np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32))
    return Neighbours(Vocabulary(NAMES), table, np.array([3, 2, 1], np.float32), STRENGTHS)


def sums() -> Vectors:
    rows = np.eye(3, dtype=np.float32)
    bias = np.zeros(3, np.float32)
    return Vectors(Vocabulary(NAMES), rows, bias, Sum(np.roll(rows, 1, axis=1)), STRENGTHS)


def ridge() -> Vectors:
    rows = np.diag([1.0, 2.0, 3.0]).astype(np.float32)
    paid = Penalty((rows**2).sum(axis=0), absent=0.1, reg=0.1, frequency=1.0, rows=3)
    bias = np.zeros(3, np.float32)
    return Vectors(Vocabulary(NAMES), rows, bias, Ridge(rows, paid), STRENGTHS)


def sequence() -> Vectors:
    """The mean of the items is enough of a network here."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    helper, kinds = onnx.helper, onnx.TensorProto
    node = helper.make_node("ReduceMean", ["rows"], ["mean"], axes=[1], keepdims=0)
    same = helper.make_node("Identity", ["lengths"], ["unused"])
    given = [
        helper.make_tensor_value_info("rows", kinds.FLOAT, ["B", "T", 3]),
        helper.make_tensor_value_info("lengths", kinds.INT64, ["B"]),
    ]
    out = [helper.make_tensor_value_info("mean", kinds.FLOAT, ["B", 3])]
    graph = helper.make_graph([node, same], "mean", given, out)
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    rows = np.eye(3, dtype=np.float32)
    reader = Sequence(rows, Graph(model.SerializeToString()), length=5)
    return Vectors(Vocabulary(NAMES), rows, np.zeros(3, np.float32), reader, STRENGTHS)


def blend() -> Blend:
    return Blend([neighbours(), sums(), ridge()], [1.0, 0.5, 0.5])


ANSWER = """
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zhiyin.application import Answers
from zhiyin.core import Event, Request
from zhiyin.data.stores import open_store
from zhiyin.models import load_form

class Clock:
    def now(self):
        return datetime(2026, 3, 1, tzinfo=UTC)

store = open_store("memory://", "shop")
form = load_form(Path(sys.argv[1]))
answers = Answers(form, store.catalogue, store.events, Clock())
event = Event("e", "guest", "view", Clock().now(), "scarf")
slate = answers.recommend(Request(None, k=2, events=(event,)))
assert slate.items, slate
heavy = {"torch", "onnx", "onnxscript"} & set(sys.modules)
assert not heavy, heavy
print(form.name, *slate.items)
"""


@pytest.mark.parametrize("make", [neighbours, sums, ridge, sequence, blend])
def test_a_process_that_serves_it_never_imports_torch(
    tmp_path: Path, make: Callable[[], Form]
) -> None:
    form = make()
    form.save(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == form.name
