"""Pictures of the demo shop's goods, painted by code.

A `Picture` names a product, a motif and three traditional colours; `paint` turns it into pixels,
always the same ones. There are no image files and no fonts behind it: motifs are geometry,
products are masks with light on them, and a motif is laid on a product as a craftsman would lay
it, all over, framed, in bands or as a medallion. `contact_sheet` lays pictures out for a person
to look at.
"""

from zhiyin.data.demo.painting.colours import COLOURS, Colour
from zhiyin.data.demo.painting.motifs import MOTIFS
from zhiyin.data.demo.painting.picture import Picture, paint
from zhiyin.data.demo.painting.shapes import SHAPES
from zhiyin.data.demo.painting.sheet import contact_sheet

__all__ = ["COLOURS", "MOTIFS", "SHAPES", "Colour", "Picture", "contact_sheet", "paint"]
