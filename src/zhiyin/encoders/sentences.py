"""Any model of sentence-transformers, for texts.

    sentence-transformers:NAME-OR-PATH

Only safetensors are read, and no code that comes with a model is run.
"""

import numpy as np
import numpy.typing as npt
from PIL.Image import Image
from sentence_transformers import SentenceTransformer

from zhiyin.encoders.networks import machine, named


class SentenceTower:
    """A model from a name on the hub or a folder."""

    def __init__(self, place: str) -> None:
        self._network = SentenceTransformer(
            place,
            device=machine(),
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        self.name = named("sentence-transformers", self._network, place)
        self.width = len(self.texts(["zhiyin"])[0])

    def texts(self, texts: list[str]) -> npt.NDArray[np.float32]:
        rows: npt.NDArray[np.float32] = self._network.encode(
            texts, batch_size=len(texts), show_progress_bar=False
        )
        return rows

    def pictures(self, pictures: list[Image]) -> npt.NDArray[np.float32]:
        raise NotImplementedError("opened for texts alone")
