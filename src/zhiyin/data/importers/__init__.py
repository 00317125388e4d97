"""Public data sets and what people leave other systems with, by name.

``import_from("movielens", path, store, settings)`` reads a folder as its publishers
laid it out. Every layout is one small file here: a docstring with its decisions and a
few mappings; packages add their own (see ``registry``).
"""

from zhiyin.data.importers.importer import Importer, Step
from zhiyin.data.importers.importing import import_from
from zhiyin.data.importers.registry import IMPORTERS

__all__ = ["IMPORTERS", "Importer", "Step", "import_from"]
