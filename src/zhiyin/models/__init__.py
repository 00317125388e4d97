"""What is computed: one algorithm per file, in families behind doors of their own.

A model scores histories (``Recommender``) and compiles to a ``Form`` that serves without
it: ``Neighbours``, a sparse item-to-item table with a prior per item, or ``Vectors``, a
reader of histories and a vector per item; several forms make a ``Blend``. ``load_form``
opens whichever was written. ``knn`` finds what is like what. ``ModelContract`` in
``zhiyin.testing`` is what every model passes.

Letters of the shapes, everywhere in this room: ``B`` histories in a batch, ``T`` events
in a history, ``I`` items, ``U`` shoppers, ``D`` width of a vector, ``K`` length of a
slate, ``E`` events end to end, or edges.
"""

from zhiyin.models.blend import Blend
from zhiyin.models.form import Form, load_form
from zhiyin.models.graphs import knn
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.recommender import Recommender
from zhiyin.models.vectors import Vectors

__all__ = ["Blend", "Form", "Neighbours", "Recommender", "Vectors", "knn", "load_form"]
