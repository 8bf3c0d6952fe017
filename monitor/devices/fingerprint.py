"""Six words that name a phone's new key together with the code it came in by. Pure.

An officer and a monitor read them to each other: if they agree, the key that the server holds is the one the
phone made, and nobody stood between. Six words of 256 are 48 bits, and they must be met within ten minutes.
"""

import functools
import hashlib
from importlib import resources

WORDS = 6


@functools.cache
def word_list() -> tuple[str, ...]:
    """256 plain words, in the order that gives each its byte."""
    return tuple(resources.files(__package__).joinpath("data/words.txt").read_text(encoding="ascii").split())


def six_words(spki: bytes, code: str) -> list[str]:
    """The words for a key (SPKI, DER) and an enrolment code."""
    digest = hashlib.sha256(spki + code.encode()).digest()
    return [word_list()[byte] for byte in digest[:WORDS]]
