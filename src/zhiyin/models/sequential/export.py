"""Writing a network as an ONNX graph, node by node, so that it serves without torch.

Built with onnx itself and not traced out of torch: the graph is the same bytes whatever
the version of torch, holds nothing that is not used, and is made in milliseconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

_OPSET = 18


class Sketch:
    """A graph in the making: values are named by what made them."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: npt.ArrayLike, dtype: Any = np.float32) -> str:
        """An array of the graph's own."""
        name = f"constant_{len(self._constants)}"
        array = np.ascontiguousarray(np.asarray(value, dtype))
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def whole(self, value: npt.ArrayLike) -> str:
        """Whole numbers of the graph's own."""
        return self.constant(value, np.int64)

    def __call__(self, operator: str, *inputs: str, outputs: int = 1, **settings: Any) -> Any:
        """What an ONNX operator makes of its inputs: a name, or as many as asked."""
        place = len(self._nodes)
        names = [f"{operator.lower()}_{place}_{n}" for n in range(outputs)]
        self._nodes.append(helper.make_node(operator, [*inputs], names, **settings))
        return names[0] if outputs == 1 else names

    def encoder(self, output: str, width: int) -> bytes:
        """The graph from "rows" (B, T, D) and "lengths" (B,) to ``output`` (B, D)."""
        graph = helper.make_graph(
            self._nodes,
            "history",
            [
                helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["B", "T", width]),
                helper.make_tensor_value_info("lengths", TensorProto.INT64, ["B"]),
            ],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["B", width])],
            self._constants,
        )
        # The oldest format that knows this set of operators: older runtimes read it too.
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8
        )
        onnx.checker.check_model(model)
        found: bytes = model.SerializeToString()
        return found
