"""Files, reviews and links observations as intake would, and lets rules and alerts hear of each."""

import datetime as dt
from uuid import uuid4

from sqlalchemy import func, select

from incidents.alerts import queries as alerts
from incidents.alerts.service import follow_finding
from incidents.claims.model import Claim
from incidents.events import ClaimRecorded, FindingChanged, ObservationReceived, ObservationReviewed
from incidents.intake.model import Observation, ObservationRevision, ObservationStep
from incidents.rules.service import SUBSCRIBER, hear, judge_due
from monitor.events import WatchChanged
from monitor.log.service import append
from monitor.outbox import OutboxEvent, OutboxPlace, last_event_id
from monitor.watches.model import Watch, WatchEvent


class RuleDesk:
    """One observer and one officer at one desk; every step is heard at once."""

    def __init__(self, monitor, officer) -> None:
        self.door, self.officer = monitor, officer
        self.session = monitor.session

    def at(self, moment) -> None:
        """Sets the clock of both."""
        self.door.now = self.officer.now = moment

    def file(self, at, known_after_h=0.2, observation_id=None, revision_no=1, **said):
        """An observation as intake would keep it; answers its id."""
        self.at(at + dt.timedelta(hours=known_after_h))
        now = self.door.now
        observation_id = observation_id or str(uuid4())
        leaf = append(self.session, "submission", {"observation": observation_id}, now)
        if revision_no == 1:
            author = self.door.actor
            self.session.add(
                Observation(id=observation_id, author_id=author.id, team_id=author.team_id, recorded_at=now)
            )
            self.session.flush()
        said = {"category": "CFV", "type": "explosion", "info_type": "observed", "sector_code": "MAR"} | said
        self.session.add(
            ObservationRevision(
                observation_id=observation_id,
                revision_no=revision_no,
                digest="0" * 64,
                leaf_index=leaf.index,
                recorded_at=now,
                t_start=at,
                t_end=at,
                t_precision="T2",
                geo_precision="L3",
                sensitivity="internal",
                reasons=[],
                **{"fields": {}, **said},
            )
        )
        self.session.flush()
        self._step(observation_id, revision_no, "received")
        self.hear(ObservationReceived(observation_id, revision_no, "MAR", "CFV", "explosion"))
        return observation_id

    def review(self, observation_id, verdict):
        revision_no = self.session.scalar(
            select(func.max(ObservationRevision.revision_no)).where(
                ObservationRevision.observation_id == observation_id
            )
        )
        self._step(observation_id, revision_no, verdict)
        self.hear(ObservationReviewed(observation_id, verdict))

    def _step(self, observation_id, revision_no, state):
        self.session.add(
            ObservationStep(
                observation_id=observation_id,
                revision_no=revision_no,
                state=state,
                actor=self.officer.actor.code,
                recorded_at=self.officer.now,
            )
        )
        self.session.flush()

    def plan(self, start, end, sector="MAR", kind="patrol"):
        """A watch that is to be; answers its id."""
        watch = Watch(
            id=str(uuid4()),
            kind=kind,
            sectors=[sector],
            team_id=self.door.actor.team_id,
            planned_start=start,
            planned_end=end,
            planned_by=self.officer.actor.code,
            recorded_at=self.officer.now,
        )
        self.session.add(watch)
        self.session.flush()
        self.hear(WatchChanged(watch.id, "planned", sector))
        return watch.id

    def sign(self, watch_id, kind, at, known_after_h=0.1, sector="MAR"):
        """Something told of a watch."""
        self.at(at + dt.timedelta(hours=known_after_h))
        self.session.add(
            WatchEvent(
                id=str(uuid4()),
                watch_id=watch_id,
                kind=kind,
                at=at,
                sector=sector,
                recorded_by=self.door.actor.code,
                recorded_at=self.door.now,
            )
        )
        self.session.flush()
        self.hear(WatchChanged(watch_id, kind, sector))

    def claim(self, at, claimant, place, known_after_h=1):
        """A statement that there were shots at a place (lon, lat)."""
        self.at(at + dt.timedelta(hours=known_after_h))
        claim = Claim(
            id=str(uuid4()),
            claimant=claimant,
            claimant_party=claimant,
            t_start=at,
            t_precision="T2",
            place_text="near the village",
            lon=place[0],
            lat=place[1],
            uncertainty_m=500,
            geo_precision="L4",
            geo_basis="given",
            category="CFV",
            type="shot",
            stated_type="shooting",
            weapons=[],
            weapons_text="",
            victim_side="n_k",
            status="report",
            note="",
            channel="web",
            source="statement",
            digest="0" * 64,
            recorded_at=self.door.now,
        )
        self.session.add(claim)
        self.session.flush()
        self.hear(ClaimRecorded(claim.id))
        return claim.id

    def tick(self, moment):
        """Lets the clock reach a moment."""
        self.at(moment)
        judge_due(self.officer)
        self.follow()

    def hear(self, event):
        hear(self.officer, event)
        self.session.merge(OutboxPlace(subscriber=SUBSCRIBER, last_id=last_event_id(self.session)))
        self.follow()

    def follow(self):
        """Lets the alerts hear of every finding that changed, as the outbox would."""
        for row in self.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "FindingChanged")):
            follow_finding(self.officer, FindingChanged(**row.data))

    def alerts(self):
        return {row.rule_id: row for row in alerts.alerts(self.session, self.officer.now)}

    def ladder(self, night):
        """Small arms the evening before, and then artillery: both ladder rules speak."""
        self.file(night - dt.timedelta(hours=30), tier=1, type="shot")
        return self.file(night, tier=4)

    def said(self, rule_id):
        alert = self.alerts()[rule_id]
        return [row.change for row in alerts.alert_versions(self.session, alert.id)]
