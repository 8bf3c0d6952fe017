"""Questions about releases."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.errors import NotFound
from reports.release.model import Release, ReleaseDecision


@dataclass(frozen=True)
class ReleaseRow:
    id: str
    edition_id: str
    profile: str
    digest: str
    pdf_sha256: str
    html_sha256: str
    requested_by: str
    recorded_at: dt.datetime
    decision: str | None
    decided_by: str | None

    @property
    def is_approved(self) -> bool:
        return self.decision == "approved"


def releases(session: Session, edition_id: str | None = None) -> list[ReleaseRow]:
    """Releases asked for, newest first."""
    query = (
        select(Release, ReleaseDecision)
        .outerjoin(ReleaseDecision, ReleaseDecision.release_id == Release.id)
        .order_by(Release.recorded_at.desc(), Release.id)
    )
    if edition_id is not None:
        query = query.where(Release.edition_id == edition_id)
    return [_row(*found) for found in session.execute(query)]


def release(session: Session, release_id: str) -> ReleaseRow:
    """Raises NotFound."""
    found = session.execute(
        select(Release, ReleaseDecision)
        .outerjoin(ReleaseDecision, ReleaseDecision.release_id == Release.id)
        .where(Release.id == release_id)
    ).first()
    if found is None:
        raise NotFound(thing="release", id=release_id)
    return _row(*found)


def release_text(session: Session, release_id: str) -> str:
    """The canonical JSON of what leaves. Raises NotFound."""
    row = session.get(Release, release_id)
    if row is None:
        raise NotFound(thing="release", id=release_id)
    return row.document


def _row(one: Release, decided: ReleaseDecision | None) -> ReleaseRow:
    return ReleaseRow(
        one.id,
        one.edition_id,
        one.profile,
        one.digest,
        one.pdf_sha256,
        one.html_sha256,
        one.requested_by,
        one.recorded_at,
        decided.decision if decided else None,
        decided.actor if decided else None,
    )
