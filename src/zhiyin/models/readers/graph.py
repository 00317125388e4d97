"""Graph: a small ONNX network, opened when it is first run, by one thread."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class Graph:
    """Named arrays in, the one array out."""

    def __init__(self, network: bytes, threads: int = 1) -> None:
        self.network = network
        self._threads = threads

    @classmethod
    def load(cls, file: Path) -> "Graph":
        """Read a file and open it, so that a damaged one is refused now and not when asked."""
        graph = cls(file.read_bytes())
        graph._session  # noqa: B018 - opens
        return graph

    def run(self, **inputs: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The output for inputs of these names."""
        (found,) = self._session.run(None, inputs)
        result: npt.NDArray[np.float32] = np.asarray(found, np.float32)
        return result

    @property
    def memory(self) -> int:
        """Bytes of the network."""
        return len(self.network)

    def save(self, file: Path) -> None:
        """Write the network as it is."""
        file.write_bytes(self.network)

    @cached_property
    def _session(self) -> Any:
        # Imported here: a shop whose forms hold no network never pays for it.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Requests are answered side by side; threads of their own would fight for cores.
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(
                self.network, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime's errors share no other parent
            raise ValueError(f"the network cannot be opened: {error}") from error
