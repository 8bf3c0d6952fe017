"""The taxonomy as frozen values. How they are read from files is told in `loader`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from incidents.taxonomy.judge import judge_value, shown

LANGUAGES = ("en", "hy", "az", "ru")
NOT_KNOWN = "n_k"

KINDS = (
    "choice",
    "multi_choice",
    "weapon",
    "dir16",
    "yes_no_nk",
    "integer",
    "number",
    "duration_min",
    "datetime",
    "moments",
    "place",
    "tally",
    "text_private",
)
SYMBOLS = (
    "burst",
    "shots",
    "flare",
    "drone",
    "aircraft",
    "signal",
    "vehicle",
    "works",
    "person",
    "house",
    "supply",
    "mine",
    "barrier",
    "line",
    "talks",
    "evidence",
    "eye",
    "test",
)

Label = Mapping[str, str]


class TaxonomyError(ValueError):
    """A data file says something that cannot be; names the file and the code."""

    def __init__(self, file: str, code: str, reason: str) -> None:
        super().__init__(f"{file}: {code}: {reason}")
        self.file, self.code, self.reason = file, code, reason


@dataclass(frozen=True)
class Weapon:
    """One entry of the weapon list. `tier` is its step on the escalation ladder, None where it has none."""

    code: str
    label: Label
    tier: int | None
    family: str | None
    calibre_mm: float | None


@dataclass(frozen=True)
class Field:
    """One type-specific field. `n_k` says whether "not known" is an answer here.

    What is `protected` tells who somebody is: it is opened only with a reason that is logged.
    """

    code: str
    kind: str
    label: Label
    hint: Label | None
    list: str | None
    by: tuple[str, ...]
    n_k: bool
    minimum: float | None
    maximum: float | None
    unit: str | None
    protected: bool = False


@dataclass(frozen=True)
class FieldUse:
    """A field as one type asks for it; `weapons` narrows a weapon field to some families."""

    field: Field
    required: bool
    weapons: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.field.code


@dataclass(frozen=True)
class Type:
    """One kind of observation.

    `counted` types are ceasefire violations; `count` says what the number counts; `unit` is the English
    word for it, singular and plural; `tier` holds where no weapon is named (an air strike is a 5).
    """

    code: str
    category: str
    label: Label
    hint: Label | None
    quick: bool
    counted: bool
    count: str | None
    unit: tuple[str, str] | None
    lethal: bool
    tier: int | None
    symbol: str
    valid_from: dt.date
    fields: Mapping[str, FieldUse]


@dataclass(frozen=True)
class Category:
    """A family of types. One that is not `fileable` is known by its code only (the parties' claims)."""

    code: str
    letter: str
    label: Label
    symbol: str
    fileable: bool
    types: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    categories: Mapping[str, Category]
    types: Mapping[str, Type]
    fields: Mapping[str, Field]
    weapons: Mapping[str, Weapon]
    glossary: Mapping[str, Mapping[str, Label]]
    not_known: Label
    digest: str

    def check(self, type_code: str, fields: Any) -> list[str]:
        """What is wrong with the type-specific fields of a report, as reason codes; empty when nothing is."""
        kind = self.types.get(type_code) if isinstance(type_code, str) else None
        if kind is None:
            return [f"unknown_type:{shown(type_code)}"]
        if fields is None:
            fields = {}
        if not isinstance(fields, Mapping):
            return ["fields_not_an_object"]
        # Null is "not asked": as good as absent, and not enough where a value is required.
        answered = {code: value for code, value in fields.items() if value is not None}
        reasons = []
        for code, value in sorted(answered.items(), key=lambda item: str(item[0])):
            use = kind.fields.get(code) if isinstance(code, str) else None
            if use is None:
                reasons.append(f"unknown_field:{shown(code)}")
            elif not self._may_hold(use, value):
                # What was typed into a private field must not reappear in a reason that many may read.
                private = use.field.kind == "text_private"
                reasons.append(f"value_not_allowed:{code}" + ("" if private else f"={shown(value)}"))
        missing = [code for code, use in kind.fields.items() if use.required and code not in answered]
        return reasons + [f"missing_required:{code}" for code in missing]

    def check_category(self, category: str, type_code: str) -> list[str]:
        """Whether a type stands in the category that the report names."""
        if category not in self.categories:
            return [f"unknown_category:{shown(category)}"]
        kind = self.types.get(type_code)
        if kind is not None and kind.category != category:
            return [f"type_not_in_category:{type_code}"]
        return []

    def tier_of(self, fields: Any, type_code: str | None = None) -> int | None:
        """The step on the weapon ladder: the named weapon's, else the type's own, else None."""
        weapon = fields.get("weapon") if isinstance(fields, Mapping) else None
        known = self.weapons.get(weapon) if isinstance(weapon, str) else None
        if known is not None:
            return known.tier
        kind = self.types.get(type_code) if type_code else None
        return kind.tier if kind else None

    def split_private(
        self, type_code: str, fields: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields that may stand in the open row, and those that belong to the encrypted part.

        A field that the type does not know is private: nobody can say what a person wrote there.
        """
        kind = self.types.get(type_code)
        open_codes = (
            {code for code, use in kind.fields.items() if use.field.kind != "text_private"} if kind else set()
        )
        public = {code: value for code, value in fields.items() if code in open_codes}
        return public, {code: value for code, value in fields.items() if code not in open_codes}

    def label(self, list_code: str, value: str, language: str) -> str:
        """The word for a value in one language. Raises KeyError for what is in no list."""
        if value == NOT_KNOWN:
            return self.not_known[language]
        return self.glossary[list_code][value][language]

    def weapons_of(self, use: FieldUse) -> tuple[str, ...]:
        """The weapon codes that a weapon field may hold, in the order of the list."""
        if not use.weapons:
            return tuple(self.weapons)
        return tuple(
            code for code, row in self.weapons.items() if code in use.weapons or row.family in use.weapons
        )

    def _may_hold(self, use: FieldUse, value: Any) -> bool:
        if use.field.kind == "weapon":
            allowed: tuple[str, ...] = self.weapons_of(use)
            return value in allowed if isinstance(value, str) and value != NOT_KNOWN else value == NOT_KNOWN
        return judge_value(use.field, value, self.glossary)
