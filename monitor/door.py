"""What a view, a job, a subscriber and a command are handed: the session, who acts, and when."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from monitor.access.actor import SYSTEM, Actor
from monitor.clock import Clock
from monitor.db.session import Store
from monitor.keys import Keys
from monitor.settings import Settings
from monitor.storage import Storage


@dataclass
class App:
    """The parts of a running mission that live as long as the process."""

    settings: Settings
    store: Store
    clock: Clock
    keys: Keys
    storage: Storage

    @contextmanager
    def transaction(self, actor: Actor = SYSTEM) -> Iterator["Door"]:
        """A door that commits when the block ends well."""
        with self.store.transaction() as session:
            yield Door(self, session, actor, self.clock.now())

    @contextmanager
    def reading(self, actor: Actor = SYSTEM) -> Iterator["Door"]:
        """A door through which one only looks."""
        with self.store.reading() as session:
            yield Door(self, session, actor, self.clock.now())

    def close(self) -> None:
        self.store.close()


@dataclass
class Door:
    """One transaction: `now` is read once, so that everything in it happened at the same time."""

    app: App
    session: Session
    actor: Actor
    now: dt.datetime
    read_body: Callable[[Any], dict[str, Any]] | None = field(default=None, repr=False)

    def load(self, schema: Any) -> dict[str, Any]:
        """The request's body, judged by a marshmallow schema. Raises BadRequest or Invalid."""
        if self.read_body is None:
            raise LookupError("only a request has a body")
        return self.read_body(schema)
