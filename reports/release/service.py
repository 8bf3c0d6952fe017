"""Two people for each release: one asks, another looks at the very bytes and lets them go."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from monitor import outbox, vault
from monitor.access.policy import Subject, require
from monitor.audit import audit
from monitor.door import Door
from monitor.errors import Invalid, NotFound, WrongState
from monitor.people.queries import all_people
from monitor.places.queries import all_places
from reports.document import Document, canonical, digest, from_json
from reports.events import ReleaseApproved
from reports.issuing import queries as issuing
from reports.issuing.service import sign
from reports.release import queries, words
from reports.release.model import Release, ReleaseDecision
from reports.release.profiles import PROFILES, Profile, released
from reports.release.queries import ReleaseRow
from reports.render import html
from reports.render.pdf import pdf_of

REQUEST, APPROVE = "reports:release:request", "reports:release:approve"
NAMED_PLACES = ("post", "base")


def profile_of(code: str) -> Profile:
    """Raises NotFound for a profile that nobody wrote."""
    if code not in PROFILES:
        raise NotFound(thing="release profile", id=code)
    return PROFILES[code]


def request_release(
    door: Door, edition_id: str, profile_code: str, lines: Sequence[str] = (), reason: str = ""
) -> ReleaseRow:
    """Asks for an edition to leave under a profile; answers the release with the bytes to be looked at.

    Raises Invalid where a line points at a place or person, or where the profile's delay has not passed and
    no reason is given.
    """
    require(door.actor, REQUEST)
    profile = profile_of(profile_code)
    written = [line.strip() for line in lines if line.strip()]
    found = words.objections(written, mission_names(door.session))
    if found:
        raise Invalid(errors=found)
    document = from_json(issuing.edition_text(door.session, edition_id))
    early = dt.datetime.fromisoformat(document.header.cut_off_utc) + dt.timedelta(hours=profile.delay_h)
    if door.now < early and not reason.strip():
        said = f"{profile.code} papers leave {profile.delay_h} hours after the cut-off; say why not"
        raise Invalid(errors={"reason": [said]})
    shown = released(document, profile, written)
    pdf, page = pdf_of(shown), html.standalone(shown).encode()
    row = Release(
        id=str(uuid.uuid4()),
        edition_id=edition_id,
        profile=profile.code,
        document=canonical(shown).decode(),
        digest=digest(shown),
        pdf_sha256=door.app.storage.put(pdf),
        html_sha256=door.app.storage.put(page),
        requested_by=door.actor.code,
        recorded_at=door.now,
    )
    door.session.add(row)
    door.session.flush()
    if reason.strip():
        vault.seal(door.session, door.app.keys, "release", row.id, "reason", reason, door.now)
    _log(door, "release_requested", row)
    return queries.release(door.session, row.id)


def decide(door: Door, release_id: str, pdf_sha256: str, decision: str) -> ReleaseRow:
    """Another person's word on the bytes they looked at: `approved` or `refused`, once.

    Raises Refused for who asked, WrongState where it is decided or the bytes are not those asked for.
    """
    row = queries.release(door.session, release_id)
    require(door.actor, APPROVE, Subject(makers=frozenset([row.requested_by.partition(":")[2]])))
    if row.decision is not None:
        raise WrongState(thing="release", wanted="undecided", found=row.decision)
    if pdf_sha256 != row.pdf_sha256:
        raise WrongState(thing="release", wanted=row.pdf_sha256[:16], found=pdf_sha256[:16])
    door.session.add(
        ReleaseDecision(
            release_id=release_id,
            decision=decision,
            pdf_sha256=pdf_sha256,
            actor=door.actor.code,
            recorded_at=door.now,
        )
    )
    door.session.flush()
    held = door.session.get(Release, release_id)
    assert held is not None
    _log(door, f"release_{decision}", held)
    if decision == "approved":
        sign(door, row.pdf_sha256)
        event = ReleaseApproved(release_id, row.edition_id, row.profile)
        outbox.record(door.session, event, door.now)
    return queries.release(door.session, release_id)


def seen_as(session: Session, document: Document, profile_code: str) -> Document:
    """The paper as a profile would show it; nothing is kept."""
    return released(document, profile_of(profile_code))


def mission_names(session: Session) -> list[str]:
    """Names that no released line may hold: people's, and those of posts and bases."""
    people = [person.name for person in all_people(session)]
    places = [name for place in all_places(session, kinds=NAMED_PLACES) for name in place.names.values()]
    codes = [place.code for place in all_places(session, kinds=NAMED_PLACES)]
    return [*people, *places, *codes]


def _log(door: Door, what: str, row: Release) -> None:
    """The step as an entry of the log, with the digest and the bytes it speaks of."""
    audit(
        door,
        what,
        f"release:{row.id}",
        edition=row.edition_id,
        profile=row.profile,
        digest=row.digest,
        pdf_sha256=row.pdf_sha256,
    )
