"""Reads the data files into a Taxonomy, or says which file and code is wrong.

The files are the only place where a code, a label or an allowed value is written down.
"""

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from incidents.taxonomy.model import (
    KINDS,
    LANGUAGES,
    SYMBOLS,
    Category,
    Field,
    FieldUse,
    Label,
    Taxonomy,
    TaxonomyError,
    Type,
    Weapon,
)

DATA = Path(__file__).parent / "data"

_CATEGORY_KEYS = set(
    ["code", "letter", "label", "symbol", "valid_from", "fileable", "common_fields", "types"]
)
_TYPE_KEYS = set(
    ["label", "hint", "quick", "counted", "count", "unit", "lethal", "tier", "symbol", "valid_from", "fields"]
)
_FIELD_KEYS = set(["kind", "label", "hint", "list", "by", "n_k", "min", "max", "unit", "protected"])


class _Strict(yaml.SafeLoader):
    """YAML in which "yes" and "no" are words, and a key given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Strict.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@functools.cache
def taxonomy() -> Taxonomy:
    """The taxonomy that ships with this version."""
    return read_taxonomy(DATA)


def read_taxonomy(folder: Path) -> Taxonomy:
    """Reads a folder of data files. Raises TaxonomyError naming the file and the code."""
    raw = _read_files(folder)
    not_known, glossary = _glossary(raw["glossary.yaml"])
    weapons = _weapons(raw["weapons.yaml"])
    fields = _fields(raw["fields.yaml"], glossary)
    categories: dict[str, Category] = {}
    types: dict[str, Type] = {}
    for file, content in raw.items():
        if file.startswith("categories/"):
            category, its_types = _category(file, content, fields, weapons, glossary)
            _only_once(file, category.code, categories)
            for kind in its_types:
                _only_once(file, kind.code, types)
                types[kind.code] = kind
            categories[category.code] = category
    _no_field_unused(fields, types)
    return Taxonomy(
        categories=MappingProxyType(categories),
        types=MappingProxyType(types),
        fields=MappingProxyType(fields),
        weapons=MappingProxyType(weapons),
        glossary=glossary,
        not_known=not_known,
        digest=_digest(raw),
    )


def _read_files(folder: Path) -> dict[str, Any]:
    files = [folder / name for name in ("glossary.yaml", "weapons.yaml", "fields.yaml")]
    files += sorted((folder / "categories").glob("*.yaml"))
    raw = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            # _Strict is a SafeLoader: it makes plain values only.
            raw[name] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506
        except (OSError, yaml.YAMLError) as error:
            raise TaxonomyError(name, "file", str(error)) from error
    return raw


def _digest(raw: Mapping[str, Any]) -> str:
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _label(file: str, code: str, given: Any) -> Label:
    if not isinstance(given, dict) or set(given) != set(LANGUAGES):
        raise TaxonomyError(file, code, f"needs a label in each of {', '.join(LANGUAGES)} and no other")
    for language, words in given.items():
        if not isinstance(words, str) or not words.strip():
            raise TaxonomyError(file, code, f"the label in {language} is empty or not text")
    return MappingProxyType(dict(given))


def _hint(file: str, code: str, given: Any) -> Label | None:
    return None if given is None else _label(file, f"{code} (hint)", given)


def _only_keys(file: str, code: str, given: Any, allowed: set[str]) -> None:
    if not isinstance(given, dict):
        raise TaxonomyError(file, code, "is not a mapping")
    strange = set(given) - allowed
    if strange:
        raise TaxonomyError(file, code, f"does not know {', '.join(sorted(map(str, strange)))}")


def _only_once(file: str, code: str, seen: Mapping[str, Any]) -> None:
    if code in seen:
        raise TaxonomyError(file, code, "stands twice")


def _one_of(file: str, code: str, value: Any, allowed: Any, what: str) -> None:
    if value not in allowed:
        raise TaxonomyError(file, code, f"{what} {value!r} is not known")


def _glossary(content: Any) -> tuple[Label, Mapping[str, Mapping[str, Label]]]:
    file = "glossary.yaml"
    _only_keys(file, "file", content, {"not_known", "lists"})
    lists = {
        name: MappingProxyType(
            {code: _label(file, f"{name}.{code}", label) for code, label in values.items()}
        )
        for name, values in content["lists"].items()
    }
    return _label(file, "not_known", content["not_known"]), MappingProxyType(lists)


def _weapons(content: Any) -> dict[str, Weapon]:
    file = "weapons.yaml"
    weapons: dict[str, Weapon] = {}
    for row, family in _with_members(content):
        code = row.get("code", "?")
        _only_keys(file, code, row, {"code", "tier", "label", "calibre_mm", "members"})
        _only_once(file, code, weapons)
        tier = row["tier"] if "tier" in row else (weapons[family].tier if family else None)
        _one_of(file, code, tier, (None, 1, 2, 3, 4, 5), "the tier")
        weapons[code] = Weapon(
            code=code,
            label=_label(file, code, row.get("label")),
            tier=tier,
            family=family,
            calibre_mm=row.get("calibre_mm"),
        )
    return weapons


def _with_members(content: Any) -> Iterator[tuple[dict[str, Any], str | None]]:
    for row in content:
        yield row, None
        for member in row.get("members", []):
            yield member, row["code"]


def _fields(content: Any, lists: Mapping[str, Any]) -> dict[str, Field]:
    file = "fields.yaml"
    fields = {}
    for code, row in content.items():
        _only_keys(file, code, row, _FIELD_KEYS)
        kind = row.get("kind")
        _one_of(file, code, kind, KINDS, "the kind")
        if (kind in {"choice", "multi_choice"}) != ("list" in row):
            raise TaxonomyError(file, code, "a choice names its list, and nothing else does")
        if (kind == "tally") != ("by" in row):
            raise TaxonomyError(file, code, "a tally names its lists, and nothing else does")
        if row.get("protected", False) and kind != "text_private":
            raise TaxonomyError(file, code, "only private text can be protected")
        for name in [row["list"]] if "list" in row else row.get("by", []):
            _one_of(file, code, name, lists, "the list")
        fields[code] = Field(
            code=code,
            kind=kind,
            label=_label(file, code, row.get("label")),
            hint=_hint(file, code, row.get("hint")),
            list=row.get("list"),
            by=tuple(row.get("by", ())),
            n_k=bool(row.get("n_k", False)),
            minimum=row.get("min"),
            maximum=row.get("max"),
            unit=row.get("unit"),
            protected=row.get("protected", False),
        )
    return fields


def _category(
    file: str,
    content: Any,
    fields: Mapping[str, Field],
    weapons: Mapping[str, Weapon],
    lists: Mapping[str, Any],
) -> tuple[Category, list[Type]]:
    code = content.get("code", "?")
    _only_keys(
        file,
        code,
        content,
        _CATEGORY_KEYS,
    )
    _one_of(file, code, content.get("symbol"), SYMBOLS, "the symbol")
    types = [
        _type(file, content, name, row, fields, weapons, lists) for name, row in content["types"].items()
    ]
    category = Category(
        code=code,
        letter=content["letter"],
        label=_label(file, code, content.get("label")),
        symbol=content["symbol"],
        fileable=content.get("fileable", True),
        types=tuple(kind.code for kind in types),
    )
    return category, types


def _type(
    file: str,
    category: Mapping[str, Any],
    code: str,
    row: Any,
    fields: Mapping[str, Field],
    weapons: Mapping[str, Weapon],
    lists: Mapping[str, Any],
) -> Type:
    _only_keys(
        file,
        code,
        row,
        _TYPE_KEYS,
    )
    symbol = row.get("symbol", category["symbol"])
    _one_of(file, code, symbol, SYMBOLS, "the symbol")
    count, unit = row.get("count"), row.get("unit")
    _one_of(file, code, count, (None, *lists["count_of"]), "the count")
    if (count is None) != (unit is None) or (unit is not None and len(unit) != 2):
        raise TaxonomyError(file, code, "what is counted needs its unit, singular and plural")
    if row.get("counted", False) and count is None:
        raise TaxonomyError(file, code, "a counted type says what is counted")
    _one_of(file, code, row.get("tier"), (None, 1, 2, 3, 4, 5), "the tier")
    valid_from = row.get("valid_from", category.get("valid_from"))
    if not isinstance(valid_from, dt.date):
        raise TaxonomyError(file, code, "valid_from is not a date")
    uses: dict[str, FieldUse] = {}
    for entry in [*row.get("fields", []), *category.get("common_fields", [])]:
        use = _use(file, code, entry, fields, weapons)
        _only_once(file, f"{code}.{use.code}", {f"{code}.{known}": None for known in uses})
        uses[use.code] = use
    return Type(
        code=code,
        category=category["code"],
        label=_label(file, code, row.get("label")),
        hint=_hint(file, code, row.get("hint")),
        quick=row.get("quick", False),
        counted=row.get("counted", False),
        count=count,
        unit=(unit[0], unit[1]) if unit else None,
        lethal=row.get("lethal", True),
        tier=row.get("tier"),
        symbol=symbol,
        valid_from=valid_from,
        fields=MappingProxyType(uses),
    )


def _use(
    file: str, type_code: str, entry: Any, fields: Mapping[str, Field], weapons: Mapping[str, Weapon]
) -> FieldUse:
    """A field by its code alone, or as {code, required, groups}."""
    row: dict[str, Any] = {"code": entry} if isinstance(entry, str) else entry
    _only_keys(file, type_code, row, {"code", "required", "groups"})
    _one_of(file, type_code, row.get("code"), fields, "the field")
    field = fields[row["code"]]
    groups = tuple(row.get("groups", ()))
    if groups and field.kind != "weapon":
        raise TaxonomyError(file, f"{type_code}.{field.code}", "only a weapon field is narrowed to groups")
    for group in groups:
        _one_of(file, f"{type_code}.{field.code}", group, weapons, "the weapon")
    return FieldUse(field=field, required=row.get("required", False), weapons=groups)


def _no_field_unused(fields: Mapping[str, Field], types: Mapping[str, Type]) -> None:
    used = {code for kind in types.values() for code in kind.fields}
    for code in fields:
        if code not in used:
            raise TaxonomyError("fields.yaml", code, "no type asks for it")
