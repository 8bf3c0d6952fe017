"""Questions about protected people. Everything here but `sealed_note` and the reasons knows no identity."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.casework.queries import incidents_of
from incidents.intake.queries import ObservationRow, observations
from incidents.protection.casualties import COUNTED, Account, Named, Toll, count_people
from incidents.protection.model import (
    IdentityVersion,
    IdentityView,
    PersonFate,
    ProtectedPerson,
    SamePerson,
)
from incidents.protection.sources import source_of
from incidents.taxonomy import taxonomy
from monitor import vault
from monitor.keys import Keys

FAMILIES = ("CAS", "DET")
NOT_YET = ("received", "in_review", "returned", "quarantined")


@dataclass(frozen=True)
class PersonRow:
    """A protected person by number; `same_as` are the numbers of the same person."""

    id: str
    number: int
    versions: int
    is_shredded: bool
    recorded_at: dt.datetime
    fates: tuple["FateRow", ...]
    same_as: tuple[str, ...]

    @property
    def label(self) -> str:
        return label(self.number)


@dataclass(frozen=True)
class FateRow:
    """What a report says of a person, and who put it so."""

    person_id: str
    observation_id: str
    fate: str
    at: dt.datetime
    by: str
    recorded_at: dt.datetime


@dataclass(frozen=True)
class ViewRow:
    """An opening of an identity or of a report's sealed note; `reason` is None without the keys."""

    what: str
    subject_id: str
    purpose: str
    by: str
    leaf_index: int
    recorded_at: dt.datetime
    reason: str | None


@dataclass(frozen=True)
class Counted:
    """The toll of a time, the reports behind it, and how many reports wait to be accepted."""

    toll: Toll
    rows: Mapping[str, ObservationRow]
    labels: Mapping[str, str]
    waiting: int


def label(number: int) -> str:
    """The number of a person as people write it: P-0001."""
    return f"P-{number:04d}"


def counted(
    session: Session,
    start: dt.datetime | None,
    until: dt.datetime,
    known_at: dt.datetime | None = None,
) -> Counted:
    """Harm and detention by accepted reports of events in [start, until), as the people stood at `until`."""
    rows = observations(
        session, start, until, known_at=known_at, categories=FAMILIES, states=("accepted", *NOT_YET)
    )
    accepted = {row.observation_id: row for row in rows if row.processing == "accepted"}
    refs = incidents_of(session, list(accepted), known_at)
    events = {one: refs[one].incident_id if one in refs else one for one in accepted}
    confirmed = {one for one in accepted if one in refs and refs[one].assessment == "confirmed"}
    # An account of an incident that was refuted or withdrawn is nobody's toll.
    gone = {one for one in accepted if one in refs and refs[one].assessment in {"refuted", "withdrawn"}}
    accounts = [
        _account(row, events[one], one in confirmed)
        for one, row in accepted.items()
        if one not in gone and row.type in COUNTED
    ]
    named = [
        Named(fate.person_id, fate.observation_id, events[fate.observation_id], fate.fate, fate.at)
        for fate in fates_of_reports(session, list(accepted), known_at)
        if fate.observation_id not in gone
    ]
    toll = count_people(accounts, named, representatives(session, known_at), until)
    return Counted(
        toll=toll,
        rows={account.id: accepted[account.id] for account in accounts},
        labels=labels(session, {one.person for one in named}),
        waiting=sum(row.processing != "accepted" and row.type in COUNTED for row in rows),
    )


def _account(row: ObservationRow, event: str, is_confirmed: bool) -> Account:
    """A report as an account. Without a number it speaks of at least one person."""
    best = row.count_best if row.count_best is not None else row.count_min
    best = 1 if best is None else best
    least = row.count_min if row.count_min is not None else best
    is_open = row.count_qualifier in {"at_least", "uncountable"} or row.count_best is None
    most = row.count_max if row.count_max is not None else (None if is_open else best)
    return Account(
        id=row.observation_id,
        event=event,
        fate=row.type,
        source=source_of(row.fields, row.info_type),
        at=row.t_start,
        least=min(least, best),
        best=best,
        most=None if most is None else max(most, best),
        is_confirmed=is_confirmed,
    )


def people(session: Session, ids: Collection[str] | None = None) -> list[PersonRow]:
    """Protected people by number, with what reports say of them."""
    query = select(ProtectedPerson).order_by(ProtectedPerson.number.desc())
    if ids is not None:
        query = query.where(ProtectedPerson.id.in_(list(ids)))
    found = list(session.scalars(query))
    wanted = [row.id for row in found]
    versions = _versions(session, wanted)
    fates = _holding(session, select(PersonFate).where(PersonFate.person_id.in_(wanted)))
    same = _same_groups(session)
    numbers = labels(session, {one for group in same.values() for one in group})
    kept = _kept(session, [f"{one}/{versions[one]}" for one in wanted])
    return [
        PersonRow(
            id=row.id,
            number=row.number,
            versions=versions[row.id],
            is_shredded=f"{row.id}/{versions[row.id]}" not in kept,
            recorded_at=row.recorded_at,
            fates=tuple(fate for fate in fates if fate.person_id == row.id),
            same_as=tuple(sorted(numbers[one] for one in same.get(row.id, ()) if one != row.id)),
        )
        for row in found
    ]


def person(session: Session, person_id: str) -> PersonRow | None:
    found = people(session, [person_id])
    return found[0] if found else None


def labels(session: Session, ids: Collection[str]) -> dict[str, str]:
    query = select(ProtectedPerson.id, ProtectedPerson.number).where(ProtectedPerson.id.in_(list(ids)))
    return {person_id: label(number) for person_id, number in session.execute(query)}


def person_numbered(session: Session, text: str) -> str | None:
    """The id of a person by their number, such as P-0004."""
    digits = text.strip().upper().removeprefix("P").removeprefix("-")
    if not digits.isdecimal() or len(digits) > 9:
        return None
    return session.scalar(select(ProtectedPerson.id).where(ProtectedPerson.number == int(digits)))


def last_version(session: Session, person_id: str) -> int:
    return _versions(session, [person_id])[person_id]


def _versions(session: Session, ids: Collection[str]) -> dict[str, int]:
    query = select(IdentityVersion.person_id, func.max(IdentityVersion.version_no)).where(
        IdentityVersion.person_id.in_(list(ids))
    )
    found = {one: number for one, number in session.execute(query.group_by(IdentityVersion.person_id))}
    return {one: found.get(one, 0) for one in ids}


def _kept(session: Session, owner_ids: Collection[str]) -> set[str]:
    query = select(vault.PrivatePart.owner_id).where(
        vault.PrivatePart.owner == "protected_person",
        vault.PrivatePart.part == "identity",
        vault.PrivatePart.owner_id.in_(list(owner_ids)),
        vault.PrivatePart.wrapped_key.is_not(None),
    )
    return set(session.scalars(query))


def alike(session: Session, index: str | None, but: str | None) -> tuple[str, ...]:
    """The numbers of those who bear the same name."""
    if index is None:
        return ()
    query = (
        select(ProtectedPerson.number)
        .join(IdentityVersion, IdentityVersion.person_id == ProtectedPerson.id)
        .where(IdentityVersion.name_index == index, ProtectedPerson.id != (but or ""))
        .distinct()
    )
    return tuple(label(number) for number in sorted(session.scalars(query)))


def alike_to(session: Session, person_id: str) -> tuple[str, ...]:
    """The numbers under which the same name stands as under this one now, and that are not yet one person."""
    query = select(IdentityVersion.name_index).where(IdentityVersion.person_id == person_id)
    index = session.scalar(query.order_by(IdentityVersion.version_no.desc()).limit(1))
    same = labels(session, _same_groups(session).get(person_id, ())).values()
    return tuple(number for number in alike(session, index, person_id) if number not in same)


def fates_of_reports(
    session: Session, observation_ids: Collection[str], known_at: dt.datetime | None = None
) -> list[FateRow]:
    """What these reports say of whom, as far as it holds."""
    found: list[FateRow] = []
    listed = list(observation_ids)
    for first in range(0, len(listed), 400):
        query = select(PersonFate).where(PersonFate.observation_id.in_(listed[first : first + 400]))
        if known_at is not None:
            query = query.where(PersonFate.recorded_at <= known_at)
        found += _holding(session, query)
    return found


def fate_holds(session: Session, person_id: str, observation_id: str, fate: str) -> bool:
    query = select(PersonFate).where(
        PersonFate.person_id == person_id,
        PersonFate.observation_id == observation_id,
        PersonFate.fate == fate,
    )
    return bool(_holding(session, query))


def _holding(session: Session, query: Any) -> list[FateRow]:
    """The last row of each person, report and fate, where it holds."""
    last: dict[tuple[str, str, str], PersonFate] = {}
    for row in session.scalars(query.order_by(PersonFate.id)):
        last[row.person_id, row.observation_id, row.fate] = row
    return [
        FateRow(row.person_id, row.observation_id, row.fate, row.at, row.by, row.recorded_at)
        for row in last.values()
        if row.holds
    ]


def are_same(session: Session, one_id: str, other_id: str) -> bool:
    query = select(SamePerson.holds).where(SamePerson.one_id == one_id, SamePerson.other_id == other_id)
    return bool(session.scalar(query.order_by(SamePerson.id.desc()).limit(1)))


def representatives(session: Session, known_at: dt.datetime | None = None) -> dict[str, str]:
    """For every number that is another one's person: the id that stands for them all."""
    return {one: min(group) for one, group in _same_groups(session, known_at).items() if one != min(group)}


def _same_groups(session: Session, known_at: dt.datetime | None = None) -> dict[str, set[str]]:
    """Each id with all the ids of the same person, itself included."""
    query = select(SamePerson).order_by(SamePerson.id)
    if known_at is not None:
        query = query.where(SamePerson.recorded_at <= known_at)
    holds = {(row.one_id, row.other_id): row.holds for row in session.scalars(query)}
    groups: dict[str, set[str]] = {}
    for (one, other), together in holds.items():
        if together:
            joined = groups.get(one, {one}) | groups.get(other, {other})
            groups |= {member: joined for member in joined}
    return groups


def sealed_note(session: Session, keys: Keys, row: ObservationRow) -> dict[str, Any]:
    """What the author wrote of who it was: protected fields and the witness part. Only through an opening."""
    owner_id = f"{row.observation_id}/{row.revision_no}"
    fields = vault.open_part(session, keys, "observation", owner_id, "fields") or {}
    witness = vault.open_part(session, keys, "observation", owner_id, "witness")
    known = taxonomy().fields
    note = {code: value for code, value in fields.items() if code in known and known[code].protected}
    return note | ({"witness": witness} if witness else {})


def reports_with_note(session: Session, keys: Keys, rows: Iterable[ObservationRow]) -> set[str]:
    """Which of these reports hold a sealed note. Looks and tells nothing of what it says."""
    by_owner = {f"{row.observation_id}/{row.revision_no}": row.observation_id for row in rows}
    found: set[str] = set()
    owners = list(by_owner)
    for first in range(0, len(owners), 400):
        some = owners[first : first + 400]
        found |= {by_owner[one] for one in vault.open_parts(session, keys, "observation", some, "witness")}
        for owner, fields in vault.open_parts(session, keys, "observation", some, "fields").items():
            known = taxonomy().fields
            if any(code in known and known[code].protected for code in fields):
                found.add(by_owner[owner])
    return found


def views(
    session: Session, keys: Keys | None, subject_id: str | None = None, limit: int = 100
) -> list[ViewRow]:
    """Openings, newest first; the reasons only with the keys."""
    query = select(IdentityView).order_by(IdentityView.id.desc()).limit(limit)
    if subject_id is not None:
        query = query.where(IdentityView.subject_id == subject_id)
    rows = list(session.scalars(query))
    owners = [str(row.id) for row in rows]
    reasons = vault.open_parts(session, keys, "identity_view", owners, "reason") if keys else {}
    return [
        ViewRow(
            row.what,
            row.subject_id,
            row.purpose,
            row.by,
            row.leaf_index,
            row.recorded_at,
            reasons.get(str(row.id)),
        )
        for row in rows
    ]
