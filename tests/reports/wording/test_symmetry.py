"""The symmetry table counts what a paper says of each party, and keeps the sentences."""

from reports.wording.symmetry import audit, sentences_of

NAMES = {"A": ("Ardia", "ARD MOD"), "B": ("Borland", "BOR MOD")}
SAID = sentences_of(
    [
        "The mission heard 12 explosions towards Ardia. It was told by a resident of Ardia of two shots.",
        "ARD MOD stated that its post had been hit. A heavy and serious exchange was heard near Borland.",
        "A road was closed. A road was closed.",
    ]
)


def test_texts_become_sentences_each_once() -> None:
    assert len(SAID) == 5
    assert SAID[-1] == "A road was closed."


def test_each_party_is_counted_by_what_was_observed_told_and_claimed() -> None:
    one, other = audit(SAID, NAMES, {"A": {"received": 3}})
    assert (one.observed, one.told, one.claimed) == (1, 1, 1)
    assert (other.observed, other.told, other.claimed) == (1, 0, 0)
    assert one.sentences[2].startswith("ARD MOD stated")
    assert one.claims == {"received": 3} and other.claims == {}


def test_hedges_and_words_that_weigh_stand_beside_the_number_of_sentences() -> None:
    one, other = audit(SAID, NAMES, {})
    assert one.share(one.hedged) == 0.67
    assert other.share(other.hedged) == 0.0
    assert other.adjectives == ("heavy", "serious")
    assert one.adjectives == ()


def test_a_party_that_is_not_named_has_no_share() -> None:
    (third,) = audit(SAID, {"C": ("Cermania",)}, {})
    assert third.sentences == () and third.share(0) is None and third.words_a_sentence is None
