"""What can be reported, as data: categories, types, their fields and values in every working language."""

from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import (
    LANGUAGES,
    NOT_KNOWN,
    Category,
    Field,
    FieldUse,
    Taxonomy,
    TaxonomyError,
    Type,
    Weapon,
)
from incidents.taxonomy.phone import taxonomy_json

__all__ = [
    "LANGUAGES",
    "NOT_KNOWN",
    "Category",
    "Field",
    "FieldUse",
    "Taxonomy",
    "TaxonomyError",
    "Type",
    "Weapon",
    "taxonomy",
    "taxonomy_json",
]
