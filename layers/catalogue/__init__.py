"""The catalogue of border protected areas, their footprints and their cross-border pairs."""

from __future__ import annotations

from layers.catalogue.catalogue import STANDING, Catalogue, UnknownSiteError
from layers.catalogue.pairs import Basis, SitePair, cross_border_pairs
from layers.catalogue.reading import DamagedCatalogueError
from layers.catalogue.site import (
    RECOGNISED_ONLY,
    BorderRelation,
    DesignationClass,
    FieldProvenance,
    Realm,
    Relation,
    Site,
    State,
    Status,
)

__all__ = [
    "RECOGNISED_ONLY",
    "STANDING",
    "Basis",
    "BorderRelation",
    "Catalogue",
    "DamagedCatalogueError",
    "DesignationClass",
    "FieldProvenance",
    "Realm",
    "Relation",
    "Site",
    "SitePair",
    "State",
    "Status",
    "UnknownSiteError",
    "cross_border_pairs",
]
