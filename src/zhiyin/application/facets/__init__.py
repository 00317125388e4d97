"""Facets: the ways to narrow what was found, each choice with the count it would leave.

``split`` takes a shopper's condition apart into the choices made per facet and the rest;
``facets`` counts. A facet's own choices do not shrink it: who chose red still sees how many
blue ones there are.
"""

from zhiyin.application.facets.choosing import split
from zhiyin.application.facets.counting import FacetsConfig, facets

__all__ = ["FacetsConfig", "facets", "split"]
