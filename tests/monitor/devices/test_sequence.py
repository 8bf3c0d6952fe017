"""The truth table of a phone's sequence, the six words, and slowing down who guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.devices.fingerprint import six_words, word_list
from monitor.devices.sequence import Link, gaps, judge_link
from monitor.devices.throttle import Throttle

FIRST, SECOND, THIRD = Link(1, "a", None), Link(2, "b", "a"), Link(3, "c", "b")


@pytest.mark.parametrize(
    ("link", "held", "odd"),
    [
        (FIRST, [], []),
        (Link(0, "z", None), [], []),
        (SECOND, [FIRST], []),
        (SECOND, [], []),
        (SECOND, [FIRST, THIRD], []),
        (FIRST, [SECOND], []),
        (SECOND, [SECOND], []),
        (Link(2, "x", "a"), [FIRST, SECOND], ["sequence_used_twice"]),
        (Link(2, "b", "y"), [FIRST], ["chain_broken"]),
        (Link(2, "b", None), [], ["chain_broken"]),
        (Link(2, "y", "a"), [THIRD], ["chain_broken"]),
        (Link(2, "x", "y"), [FIRST, SECOND], ["sequence_used_twice", "chain_broken"]),
    ],
)
def test_what_is_odd_about_a_place_in_the_sequence(link: Link, held: list[Link], odd: list[str]) -> None:
    assert judge_link(link, held) == odd


def test_gaps_are_what_is_missing_up_to_the_highest() -> None:
    assert gaps([]) == []
    assert gaps([1, 2, 3]) == gaps([0, 1, 2]) == []
    assert gaps([2]) == [(1, 1)]
    assert gaps([7, 3, 4, 3]) == [(1, 2), (5, 6)]


@given(st.sets(st.integers(1, 60), min_size=1))
def test_numbers_and_gaps_together_are_whole(numbers: set[int]) -> None:
    missing = {number for first, last in gaps(numbers) for number in range(first, last + 1)}
    assert not missing & numbers
    assert missing | numbers == set(range(1, max(numbers) + 1))


def test_the_words_are_256_and_all_different_and_plain() -> None:
    assert len(set(word_list())) == 256
    assert all(
        word.isascii() and word.islower() and word.isalpha() and len(word) >= 3 for word in word_list()
    )


def test_six_words_belong_to_the_key_and_the_code() -> None:
    words = six_words(b"key", "code")
    assert len(words) == 6
    assert words == six_words(b"key", "code")
    assert words != six_words(b"key", "other")
    assert words != six_words(b"other", "code")


def test_who_guesses_wrong_too_often_waits_and_nobody_else_does() -> None:
    now = [0.0]
    throttle = Throttle(3, 60, lambda: now[0])
    assert [throttle.wrong("a") for _ in range(5)] == [0, 0, 0, 61, 61]
    assert throttle.wrong("b") == 0
    now[0] = 61.0
    assert throttle.wrong("a") == 0
