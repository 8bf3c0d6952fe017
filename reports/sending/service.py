"""Queues an edition for its recipients, hands it over, and tries again where it was not taken.

A delivery is claimed by one run of the job, carried by a courier's thread outside of any transaction, and
what became of it is recorded by a later run: a slow mail server holds no lock. A crash between the two means
one more try, never one less; the message's id stays the same, so a double shows.
"""

import datetime as dt
import queue
import secrets
import uuid
from collections.abc import Collection
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor import vault
from monitor.access.policy import require
from monitor.audit import audit
from monitor.door import App, Door
from monitor.errors import Invalid, WrongState
from reports.document import from_json
from reports.events import EditionIssued, ReleaseApproved
from reports.issuing import queries as issuing
from reports.release import queries as release
from reports.release.profiles import INTERNAL, PROFILES
from reports.sending import queries, smtp, webhook
from reports.sending.message import Paper, body_of, email_of
from reports.sending.model import EditionDelivery, Recipient
from reports.sending.queries import DeliveryRow, RecipientRow
from reports.wording.language import FIRST

MANAGE = "reports:recipient:manage"
# After how long each next try comes; after the last the delivery has failed.
AGAIN_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
HAND_OVER_TIME = dt.timedelta(minutes=2)
_brought_back: queue.SimpleQueue["Outcome"] = queue.SimpleQueue()
_couriers: Executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="courier")


def add_recipient(
    door: Door, name: str, channel: str, profile: str, kinds: Collection[str], language: str, address: str
) -> tuple[RecipientRow, str | None]:
    """Adds somebody who gets papers; answers the webhook's secret, which is shown this once.

    Raises Invalid for an address that cannot be one or a host that the settings do not name.
    """
    require(door.actor, MANAGE)
    _check_address(door, channel, profile, address)
    row = Recipient(
        id=str(uuid.uuid4()),
        name=name,
        channel=channel,
        profile=profile,
        kinds=" ".join(kinds),
        language=language,
        added_by=door.actor.code,
        recorded_at=door.now,
        ended_at=None,
    )
    door.session.add(row)
    door.session.flush()
    secret = secrets.token_urlsafe(32) if channel == "webhook" else None
    told = {"address": address, "secret": secret}
    vault.seal(door.session, door.app.keys, "recipient", row.id, "address", told, door.now)
    audit(door, "recipient_added", f"recipient:{row.id}", profile=profile, channel=channel)
    return queries.recipient(door.session, row.id), secret


def _check_address(door: Door, channel: str, profile: str, address: str) -> None:
    if profile != INTERNAL and profile not in PROFILES:
        raise Invalid(errors={"profile": [f"There is no profile {profile}."]})
    if channel == "email" and (address.count("@") != 1 or any(c.isspace() or c in "<>,;" for c in address)):
        raise Invalid(errors={"address": ["One e-mail address, like desk@example.org."]})
    if channel == "webhook":
        try:
            webhook.checked(address, door.app.settings.webhook_hosts)
        except webhook.NotAllowed as reason:
            raise Invalid(errors={"address": [f"It may not be called: {reason}."]}) from reason


def end_recipient(door: Door, recipient_id: str) -> None:
    """Nothing more is sent to them, but for corrections of what they hold."""
    require(door.actor, MANAGE)
    queries.recipient(door.session, recipient_id)
    row = door.session.get(Recipient, recipient_id)
    assert row is not None
    row.ended_at = row.ended_at or door.now
    audit(door, "recipient_ended", f"recipient:{recipient_id}")


# --- queueing ----------------------------------------------------------------------------------------------


def queue_edition(door: Door, event: EditionIssued) -> None:
    """An issued edition goes to those who get the mission's own papers."""
    _queue(door, event.edition_id, INTERNAL, None, None)


def queue_release(door: Door, event: ReleaseApproved) -> None:
    """What two people let go goes to those of its profile."""
    row = release.release(door.session, event.release_id)
    _queue(door, event.edition_id, event.profile, row.id, row.pdf_sha256)


def _queue(
    door: Door, edition_id: str, profile: str, release_id: str | None, file_sha256: str | None
) -> None:
    """One delivery a recipient: those who get such papers, and all who hold an earlier edition."""
    edition = next(one for one in issuing.editions(door.session) if one.id == edition_id)
    holders = _holders(door.session, edition.summary_id)
    translations = issuing.edition_translations(door.session, edition_id)
    for one in queries.recipients(door.session, with_ended=True):
        gets_it = one.ended_at is None and edition.kind in one.kinds
        if one.profile != profile or one.channel == "download" or not (gets_it or one.id in holders):
            continue
        if _is_queued(door.session, edition_id, one.id):
            continue
        language, sha256 = FIRST, file_sha256 or edition.pdf_sha256
        if release_id is None and one.language in translations:
            language, sha256 = one.language, translations[one.language].pdf_sha256
        sha256 = issuing.file_that_leaves(door.session, sha256)
        door.session.add(
            EditionDelivery(
                edition_id=edition_id,
                recipient_id=one.id,
                release_id=release_id,
                language=language,
                file_sha256=sha256,
                state="queued",
                attempts=0,
                next_at=door.now,
                detail="",
                recorded_at=door.now,
                ended_at=None,
            )
        )
    door.session.flush()


def _holders(session: Session, summary_id: str) -> set[str]:
    """Who was handed an edition of this paper."""
    ids = [one.id for one in issuing.editions(session, summary_id=summary_id)]
    query = select(EditionDelivery.recipient_id).where(
        EditionDelivery.edition_id.in_(ids), EditionDelivery.state == "delivered"
    )
    return set(session.scalars(query))


def _is_queued(session: Session, edition_id: str, recipient_id: str) -> bool:
    query = select(EditionDelivery.id).where(
        EditionDelivery.edition_id == edition_id, EditionDelivery.recipient_id == recipient_id
    )
    return session.scalar(query) is not None


# --- handing over ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of one try: `delivered`, `queued` for the next one, or `failed` for good, and why."""

    delivery_id: int
    state: str
    detail: str = ""


def send_due(door: Door) -> str | None:
    """Records what the couriers bring back, then gives them what is due; None where there is nothing."""
    recorded = 0
    while not _brought_back.empty():
        record(door, _brought_back.get())
        recorded += 1
    claimed = claim_due(door)
    for delivery_id in claimed:
        _couriers.submit(_carry, door.app, delivery_id)
    return f"{len(claimed)} papers sent out, {recorded} came back" if claimed or recorded else None


def _carry(app: App, delivery_id: int) -> None:
    _brought_back.put(attempt(app, delivery_id))


def claim_due(door: Door) -> list[int]:
    """Counts the try and puts the next one off, so that nobody else takes it meanwhile."""
    claimed = []
    for delivery_id in queries.due(door.session, door.now):
        row = door.session.get(EditionDelivery, delivery_id)
        assert row is not None
        if row.attempts > len(AGAIN_AFTER):
            record(door, Outcome(delivery_id, "failed", "the courier did not come back"))
            continue
        row.attempts += 1
        row.next_at = door.now + HAND_OVER_TIME
        claimed.append(delivery_id)
    door.session.flush()
    return claimed


def attempt(app: App, delivery_id: int) -> Outcome:
    """One try, outside of any transaction: reads what is to be sent and sends it."""
    with app.reading() as door:
        row = queries.delivery(door.session, delivery_id)
        to = queries.recipient(door.session, row.recipient_id)
        told = vault.open_part(door.session, app.keys, "recipient", to.id, "address") or {}
        paper = paper_of(door, row)
    try:
        _send(app, row, to, told, paper)
    except webhook.NotAllowed as reason:
        return Outcome(delivery_id, "failed", str(reason))
    except webhook.NotTaken as reason:
        return Outcome(delivery_id, "queued", str(reason))
    return Outcome(delivery_id, "delivered")


def record(door: Door, outcome: Outcome) -> str:
    """Keeps what became of a try; answers the state. After the last try a delivery has failed."""
    row = door.session.get(EditionDelivery, outcome.delivery_id)
    assert row is not None
    state = outcome.state
    if state == "queued" and row.attempts > len(AGAIN_AFTER):
        state = "failed"
    row.state, row.detail = state, outcome.detail[:200]
    if state == "queued":
        row.next_at = door.now + AGAIN_AFTER[row.attempts - 1]
    else:
        row.ended_at = door.now
        audit(door, f"paper_{state}", f"edition:{row.edition_id}", delivery=outcome.delivery_id)
    door.session.flush()
    return state


def send_again(door: Door, delivery_id: int) -> DeliveryRow:
    """Puts a delivery that was given up back into the queue. Raises WrongState for any other."""
    require(door.actor, MANAGE)
    found = queries.delivery(door.session, delivery_id)
    if found.state != "failed":
        raise WrongState(thing="delivery", wanted="failed", found=found.state)
    row = door.session.get(EditionDelivery, delivery_id)
    assert row is not None
    row.state, row.attempts, row.next_at, row.ended_at = "queued", 0, door.now, None
    audit(door, "paper_sent_again", f"edition:{row.edition_id}", delivery=delivery_id)
    door.session.flush()
    return queries.delivery(door.session, delivery_id)


def _send(app: App, row: DeliveryRow, to: RecipientRow, told: dict[str, str], paper: Paper) -> None:
    message_id = f"delivery-{row.id}-{row.file_sha256[:16]}"
    if to.channel == "email":
        sender = app.settings.smtp_from
        smtp.send(app.settings, email_of(paper, sender, told["address"], message_id, row.recorded_at))
        return
    body = body_of(paper, to.profile, message_id)
    settings = app.settings
    webhook.post(
        told["address"],
        body,
        told["secret"].encode(),
        settings.webhook_hosts,
        settings.webhook_private_hosts,
    )


def paper_of(door: Door, row: DeliveryRow) -> Paper:
    """What a delivery hands over."""
    edition = next(one for one in issuing.editions(door.session) if one.id == row.edition_id)
    if row.release_id is not None:
        text = release.release_text(door.session, row.release_id)
        sha256_of_document = release.release(door.session, row.release_id).digest
    elif row.language != FIRST:
        text = issuing.translation_text(door.session, row.edition_id, row.language)
        sha256_of_document = issuing.edition_translations(door.session, row.edition_id)[row.language].digest
    else:
        text, sha256_of_document = issuing.edition_text(door.session, row.edition_id), edition.digest
    header = from_json(text).header
    return Paper(
        title=f"{header.title} No. {edition.number}/{edition.year}",
        mission=header.mission,
        edition_no=edition.edition_no,
        digest=sha256_of_document,
        pdf_sha256=row.file_sha256,
        file_name=f"{edition.kind}-{edition.year}-{edition.number:03d}-edition-{edition.edition_no}.pdf",
        content=door.app.storage.read(row.file_sha256),
        is_exercise=header.is_exercise,
    )
