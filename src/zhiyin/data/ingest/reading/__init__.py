"""Files taken apart: bytes to text to rows, whatever the compression, encoding and format.

``open_table`` finds out what an input is and gives its rows in bounded ``Block``s, each
row with its number; what cannot be parsed comes along as ``Reject``s. Nothing here knows
what the rows mean.
"""

from zhiyin.data.ingest.reading.blocks import Block, Place, Reject
from zhiyin.data.ingest.reading.sources import Input, inputs_of
from zhiyin.data.ingest.reading.table import Table, open_table

__all__ = ["Block", "Input", "Place", "Reject", "Table", "inputs_of", "open_table"]
