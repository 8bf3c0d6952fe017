"""Protected people by number, what happened to them by report, and who opened an identity when and why.

Names and whatever else tells who somebody is are encrypted parts (`monitor.vault`, owner
`protected_person`, id `<person id>/<version>`); no row here holds any of it. Rows are added, never changed.
"""

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from incidents.intake.model import Observation
from monitor.db.base import Base, BigId, Uuid, code_check, instant, row_key, uuid_key

# What a report says of a person. The first three are harm; the next six detention; the last is no fate.
FATES = (
    *("killed", "injured", "missing"),
    *("detained", "transferred", "released", "exchanged", "ill_treatment_alleged", "public_display"),
    "witness",
)
# What one may open an identity for. The words beside it are sealed with the opening.
PURPOSES = ("tracing", "family_contact", "medical", "verification", "correction", "legal_duty", "other")


class ProtectedPerson(Base):
    """One person, by number only: P-0001. The number is the key that reports and counts use."""

    __tablename__ = "protected_person"

    id: Mapped[uuid_key]
    number: Mapped[int] = mapped_column(Integer, unique=True)
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class IdentityVersion(Base):
    """An identity as entered or corrected. `name_index` finds the same name again without saying it.

    It is a keyed hash under a key of its own; null where no name is known.
    """

    __tablename__ = "identity_version"
    __table_args__ = (
        UniqueConstraint("person_id", "version_no"),
        Index("ix_identity_version_name_index", "name_index"),
    )

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(Uuid, ForeignKey("protected_person.id"))
    version_no: Mapped[int]
    name_index: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class PersonFate(Base):
    """What one report says happened to a person, and when. The last row of the three keys holds."""

    __tablename__ = "person_fate"
    __table_args__ = (
        code_check("fate", FATES),
        Index("ix_person_fate_person", "person_id", "observation_id", "fate", "id"),
        Index("ix_person_fate_observation", "observation_id", "id"),
    )

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(Uuid, ForeignKey("protected_person.id"))
    observation_id: Mapped[str] = mapped_column(Uuid, ForeignKey(Observation.id))
    fate: Mapped[str] = mapped_column(String(40))
    at: Mapped[instant]
    holds: Mapped[bool]
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class SamePerson(Base):
    """Two numbers that are one person, or are not after all; the last row of a pair holds.

    `one_id` is the smaller of the two ids.
    """

    __tablename__ = "same_person"
    __table_args__ = (Index("ix_same_person_pair", "one_id", "other_id", "id"),)

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    one_id: Mapped[str] = mapped_column(Uuid, ForeignKey("protected_person.id"))
    other_id: Mapped[str] = mapped_column(Uuid, ForeignKey("protected_person.id"))
    holds: Mapped[bool]
    by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[instant]


class IdentityView(Base):
    """An opening of what tells who somebody is: of a person, or of what a report's author wrote of one.

    The reason in words is an encrypted part (owner `identity_view`).
    """

    __tablename__ = "identity_view"
    __table_args__ = (
        code_check("what", ("person", "report")),
        code_check("purpose", PURPOSES),
        Index("ix_identity_view_subject", "subject_id", "id"),
    )

    id: Mapped[row_key] = mapped_column(BigId, primary_key=True, autoincrement=True)
    what: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(Uuid)
    purpose: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(80))
    leaf_index: Mapped[int] = mapped_column(BigId, ForeignKey("log_leaf.at_index"))
    recorded_at: Mapped[instant]
