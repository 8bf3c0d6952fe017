"""What sort of source stands behind an account of harm, from what its report says. Pure."""

from collections.abc import Mapping
from typing import Any

from incidents.protection.casualties import SOURCES

# Where the report does not say by what it was established, who told it says it.
BY_TELLER = {
    "observed": "body_seen",
    "medical": "medical_staff",
    "told_by_official": "official",
    "told_by_resident": "resident",
    "told_by_party_military": "party",
    "media": "media",
    "hotline": "resident",
}
WORDS = {
    "body_seen": "person or body seen",
    "medical_staff": "medical staff",
    "document": "document",
    "official": "official",
    "family": "family",
    "resident": "resident",
    "party": "a party's military",
    "media": "media",
    "n_k": "source not known",
}


def source_of(fields: Mapping[str, Any], info_type: str | None) -> str:
    """The best of what the report was established by, else who told it."""
    given = fields.get("established_by")
    named = [code for code in given if code in SOURCES] if isinstance(given, list) else []
    if named and named != ["n_k"]:
        return min(named, key=SOURCES.index)
    return BY_TELLER.get(info_type or "", "n_k")
