"""How many people, by the mission's rule C14: persons and not reports, as ranges where sources differ.

1. Each source's account of an event gives a number. The range runs from the lowest to the highest; the best
   figure is that of the source that stands first in SOURCES, the later one where two stand alike. Published.
2. A protected person counts once, however many reports name them and whether or not those were put together.
3. A person's fate is the last one by date, and a death is final: who was injured and died counts among the
   killed from that day on, no longer among the injured, and is named as a move with its date.
4. As many as are known by number is the least there can be.
5. The cumulative figure holds what rests on a confirmed incident, and nothing else.

Pure: callers fetch accounts and people. No name is known here.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

# From the one that is trusted first: what stood before somebody's own eyes, then those who treat and record.
SOURCES = (
    *("body_seen", "medical_staff", "document", "official", "family", "resident", "party", "media"),
    "n_k",
)

# Fates that follow each other: a person is in one of each family at a time. Others (ill-treatment alleged,
# public display, transfer) happen beside these and move nobody.
HARM = ("missing", "injured", "killed")
DETENTION = ("detained", "released", "exchanged")
FINAL = "killed"
COUNTED = (*HARM, *DETENTION, "transferred", "ill_treatment_alleged", "public_display")


@dataclass(frozen=True)
class Account:
    """What one source says: so many people met one fate in one event. `most` None: nobody can say."""

    id: str
    event: str
    fate: str
    source: str
    at: dt.datetime
    least: int
    best: int
    most: int | None
    is_confirmed: bool = False


@dataclass(frozen=True)
class Named:
    """A protected person as one account names them: their key, and what is said to have happened when."""

    person: str
    account: str
    event: str
    fate: str
    at: dt.datetime


@dataclass(frozen=True)
class Range:
    """A number of people with the accounts behind it and the keys of those known.

    `confirmed` is the part of the cumulative figure, with the accounts behind that part.
    """

    least: int = 0
    best: int = 0
    most: int | None = 0
    confirmed: int = 0
    accounts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    confirmed_accounts: tuple[str, ...] = ()

    def __add__(self, other: "Range") -> "Range":
        return Range(
            self.least + other.least,
            self.best + other.best,
            None if self.most is None or other.most is None else self.most + other.most,
            self.confirmed + other.confirmed,
            tuple(sorted({*self.accounts, *other.accounts})),
            tuple(sorted({*self.people, *other.people})),
            tuple(sorted({*self.confirmed_accounts, *other.confirmed_accounts})),
        )

    @property
    def words(self) -> str:
        """ "2 to 3, best 2", "at least 4", "3"."""
        if self.most is None:
            return f"at least {self.least}" + (f", best {self.best}" if self.best > self.least else "")
        if self.least == self.most:
            return str(self.best)
        return f"{self.least} to {self.most}, best {self.best}"


@dataclass(frozen=True)
class Move:
    """A person whose fate changed, and from which day."""

    person: str
    before: str
    after: str
    at: dt.datetime


@dataclass(frozen=True)
class Toll:
    """The range of every fate, and who moved from one to another."""

    by_fate: Mapping[str, Range]
    moves: tuple[Move, ...]


def count_people(
    accounts: Iterable[Account],
    named: Iterable[Named] = (),
    same_as: Mapping[str, str] | None = None,
    until: dt.datetime | None = None,
) -> Toll:
    """The toll of these accounts. `same_as` maps a key to the key that stands for the same person.

    With `until`, as the people stood at that instant: what happened later is not known yet.
    """
    known = {account.id: account for account in accounts if until is None or account.at < until}
    people = [
        replace(one, person=(same_as or {}).get(one.person, one.person))
        for one in named
        if one.account in known and (until is None or one.at < until)
    ]
    standing, moves = _standing(people)
    found: dict[str, Range] = {fate: Range() for fate in COUNTED}
    confirmed = {account.event for account in known.values() if account.is_confirmed}
    spoken_of = {(one.event, one.fate) for one in known.values()}
    spoken_of |= {(one.event, one.fate) for one in people}
    for event, fate in sorted(spoken_of):
        if fate in found:
            told = [one for one in known.values() if (one.event, one.fate) == (event, fate)]
            here = {one.person for one in people if (one.event, one.fate) == (event, fate)}
            stay = {person for person in here if standing.get((person, fate)) == event}
            found[fate] += _of_event(told, stay, len(here - stay), event in confirmed)
    return Toll(found, moves)


def _of_event(told: list[Account], stay: set[str], gone: int, is_confirmed: bool) -> Range:
    """One event's range of one fate: what the sources say, less those who count elsewhere by now.

    Where only a person is known to have met it, and no account gives a number, it is they.
    """
    known = len(stay)
    if not told:
        return Range(known, known, known, known if is_confirmed else 0, (), tuple(sorted(stay)))
    best = min(told, key=lambda one: (_rank(one.source), -one.at.timestamp(), one.id))
    least = max(min(one.least for one in told) - gone, known, 0)
    mosts = [one.most for one in told]
    most = None if None in mosts else max(max(most for most in mosts if most is not None) - gone, least)
    figure = max(best.best - gone, least)
    figure = figure if most is None else min(figure, most)
    accounts = tuple(sorted(one.id for one in told))
    return Range(
        least=least,
        best=figure,
        most=most,
        confirmed=figure if is_confirmed else 0,
        accounts=accounts,
        people=tuple(sorted(stay)),
        confirmed_accounts=accounts if is_confirmed else (),
    )


def _rank(source: str) -> int:
    return SOURCES.index(source) if source in SOURCES else len(SOURCES)


def _standing(people: list[Named]) -> tuple[dict[tuple[str, str], str], tuple[Move, ...]]:
    """In which event each person counts for each fate they hold, and the moves that led there.

    A person named in two events with one fate counts in the earlier one.
    """
    standing: dict[tuple[str, str], str] = {}
    moves: list[Move] = []
    for person in sorted({one.person for one in people}):
        told = sorted(
            (one for one in people if one.person == person),
            key=lambda one: (one.at, one.fate == FINAL, one.event, one.account),
        )
        for family in (HARM, DETENTION):
            path = [one for one in told if one.fate in family]
            for before, after in _changes(path):
                moves.append(Move(person, before.fate, after.fate, after.at))
            if path:
                last = _last(path)
                first = next(one for one in path if one.fate == last.fate)
                standing[person, last.fate] = first.event
        for one in told:
            if one.fate not in (*HARM, *DETENTION):
                standing.setdefault((person, one.fate), one.event)
    return standing, tuple(sorted(moves, key=lambda move: (move.at, move.person)))


def _last(path: list[Named]) -> Named:
    return next((one for one in path if one.fate == FINAL), path[-1])


def _changes(path: list[Named]) -> Iterable[tuple[Named, Named]]:
    """Each change of fate on a path, none after a death."""
    for before, after in itertools.pairwise(path):
        if before.fate == FINAL:
            return
        if before.fate != after.fate:
            yield before, after
