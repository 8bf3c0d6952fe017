"""Which finding an episode continues, and what changed about it (pure).

Content is free of order; identity cannot be: two findings that a late report makes one were really
announced as two. An episode keeps the number of the oldest finding it overlaps within the rule's
joining distance; the others are merged into it. What falls off a finding that keeps its number is split
from it, under a number of its own. Nothing that was announced ever disappears.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from incidents.rules.core import Cited, Episode

CHANGES = (
    "raised",
    "strengthened",
    "amended",
    "extended",
    "resolved",
    "reopened",
    "withdrawn",
    "merged",
    "split",
)
REASONS = (
    "new_report",
    "late_report",
    "corrected",
    "refuted",
    "withdrawn",
    "reviewed",
    "linked",
    "clock",
    "baseline_changed",
    "rule_version_changed",
    "split",
    "out_of_contact",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it was last announced; `number` orders findings by age."""

    finding_id: str
    number: int
    state: str
    episode: Episode


@dataclass(frozen=True, slots=True)
class Change:
    """One step in the life of a finding. A raised finding has no id yet."""

    change: str
    episode: Episode
    finding_id: str | None = None
    merged_into: str | None = None
    split_from: str | None = None
    added: tuple[Cited, ...] = ()
    removed: tuple[Cited, ...] = ()


def compare(standing: Sequence[Standing], episodes: Iterable[Episode], within: timedelta) -> list[Change]:
    """What became of each finding that overlaps, and which episodes are new."""
    # A finding that stands is continued before one that was withdrawn is brought back.
    by_age = sorted(standing, key=lambda finding: (not _stands(finding), finding.number))
    taken: set[str] = set()
    changes: list[Change] = []
    heirs: list[tuple[Standing, Episode]] = []
    for episode in sorted(episodes, key=lambda e: (e.start, e.key)):
        near = [f for f in by_age if _overlaps(f.episode, episode, within)]
        heir = next((f for f in near if f.finding_id not in taken), None)
        if heir is None:
            origin = next((f.finding_id for f in near if _stands(f)), None)
            word = "split" if origin else "raised"
            changes.append(Change(word, episode, split_from=origin, added=episode.evidence))
            continue
        taken.add(heir.finding_id)
        changes.append(_continued(heir, episode))
        heirs.append((heir, episode))
    for finding in by_age:
        if finding.finding_id not in taken and _stands(finding):
            changes.append(_ended(finding, heirs, within))
    return [change for change in changes if change.change != "unchanged"]


def _ended(finding: Standing, heirs: Sequence[tuple[Standing, Episode]], within: timedelta) -> Change:
    """Merged where another finding now holds its episode, withdrawn where nothing holds any more."""
    gone = finding.episode.evidence
    for heir, episode in heirs:
        if _overlaps(finding.episode, episode, within):
            return Change("merged", finding.episode, finding.finding_id, heir.finding_id, removed=gone)
    return Change("withdrawn", finding.episode, finding.finding_id, removed=gone)


def _stands(finding: Standing) -> bool:
    return finding.state not in ("withdrawn", "merged")


def _overlaps(one: Episode, other: Episode, within: timedelta) -> bool:
    return one.key == other.key and one.span.widened(within).touches(other.span)


def _continued(finding: Standing, episode: Episode) -> Change:
    before = finding.episode
    held = before.evidence if _stands(finding) else ()
    added = tuple(cited for cited in episode.evidence if cited not in held)
    removed = tuple(cited for cited in held if cited not in episode.evidence)
    word = _word(finding, before, episode)
    return Change(word, episode, finding.finding_id, added=added, removed=removed)


def _word(finding: Standing, before: Episode, after: Episode) -> str:
    if not _stands(finding):
        return "reopened"
    if before == after:
        return "unchanged"
    if after.resolved and not before.resolved:
        return "resolved"
    if before.resolved and not after.resolved:
        return "reopened"
    if (after.severity, after.strength) > (before.severity, before.strength):
        return "strengthened"
    # The chain grew on at its end and nothing else changed: kept, but nobody need hear of it.
    return "extended" if replace(before, end=after.end) == after else "amended"
