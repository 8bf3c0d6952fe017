"""Opens the parts of a mission from its settings: store, clock, keys and files."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from monitor.access import SYSTEM, Actor
from monitor.db.session import Store
from monitor.demo_clock import shared_clock
from monitor.door import App, Door
from monitor.keys import load_keys
from monitor.settings import Settings, load_settings
from monitor.storage import Storage


def open_app(settings: Settings | None = None) -> App:
    """Raises SettingsError or KeysError, saying what to mend."""
    settings = settings or load_settings()
    keys = load_keys(settings.keys_dir)
    store = Store(settings.store_url)
    return App(settings, store, shared_clock(store), keys, Storage(settings.data_dir / "media"))


@contextmanager
def command_door(settings: Settings | None = None) -> Iterator[Door]:
    """The door of a command: one transaction, by the system itself."""
    app = open_app(settings)
    try:
        with app.transaction(SYSTEM) as door:
            yield door
    finally:
        app.close()


@contextmanager
def command_doors(
    settings: Settings | None = None,
) -> Iterator[Callable[[Actor], AbstractContextManager[Door]]]:
    """Opens a door for each step of a long command, so that others come in between."""
    app = open_app(settings)
    try:
        yield app.transaction
    finally:
        app.close()
