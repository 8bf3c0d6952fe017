"""The taxonomy for one phone: plain JSON, one language, small enough to keep."""

import functools
from typing import Any

from incidents.taxonomy.loader import taxonomy
from incidents.taxonomy.model import LANGUAGES, FieldUse, Label, Taxonomy


@functools.cache
def taxonomy_json(language: str) -> dict[str, Any]:
    """Everything the form needs, every label in the one language. Raises KeyError for another language.

    Lists keep their order as [code, label] pairs; a field that takes "not known" says so with `n_k`
    and the word for it stands once, in `not_known`. A field is `private` where its answer may only leave the
    phone as a private part. Absent keys are null or false.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    known = taxonomy()
    return {
        "language": language,
        "digest": known.digest,
        "not_known": known.not_known[language],
        "categories": [
            {
                "code": category.code,
                "letter": category.letter,
                "label": category.label[language],
                "symbol": category.symbol,
                "types": list(category.types),
            }
            for category in known.categories.values()
            if category.fileable
        ],
        "types": {code: _type(known, code, language) for code in known.types},
        "fields": {code: _field(known, code, language) for code in known.fields},
        "lists": {
            name: [[code, label[language]] for code, label in values.items()]
            for name, values in known.glossary.items()
        },
        "weapons": [
            _lean(code=row.code, label=row.label[language], family=row.family, tier=row.tier)
            for row in known.weapons.values()
        ],
    }


def _type(known: Taxonomy, code: str, language: str) -> dict[str, Any]:
    kind = known.types[code]
    return _lean(
        category=kind.category,
        label=kind.label[language],
        hint=_said(kind.hint, language),
        symbol=kind.symbol,
        quick=kind.quick,
        counted=kind.counted,
        count=kind.count,
        fields=[_use(use) for use in kind.fields.values()],
    )


def _use(use: FieldUse) -> dict[str, Any]:
    return _lean(code=use.code, required=use.required, weapons=list(use.weapons) or None)


def _field(known: Taxonomy, code: str, language: str) -> dict[str, Any]:
    field = known.fields[code]
    return _lean(
        label=field.label[language],
        hint=_said(field.hint, language),
        kind=field.kind,
        private=field.kind == "text_private",
        list=field.list,
        by=list(field.by) or None,
        n_k=field.n_k or field.kind == "yes_no_nk",
        min=field.minimum,
        max=field.maximum,
        unit=field.unit,
    )


def _said(label: Label | None, language: str) -> str | None:
    return label[language] if label else None


def _lean(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None and value is not False}
