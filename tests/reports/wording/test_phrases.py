"""Numbers, comparisons and words of the reports."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from reports.wording import lint
from reports.wording.comparison import compare
from reports.wording.language import english

ENGLISH = english()

YEREVAN = ZoneInfo("Asia/Yerevan")


@pytest.mark.parametrize(
    ("now", "before", "hours_now", "hours_before", "kind"),
    [
        (0, 0, 40, 40, "none_as_before"),
        (7, 0, 40, 40, "none_before"),
        (5, 2, 40, 40, "similar"),
        (6, 2, 40, 40, "more"),
        (2, 6, 40, 40, "fewer"),
        (110, 100, 40, 40, "similar"),
        (111, 100, 40, 40, "more"),
        (60, 30, 40, 40, "significantly_more"),
        (59, 30, 40, 40, "more"),
        (58, 29, 40, 40, "more"),
        (30, 60, 40, 40, "significantly_fewer"),
        (0, 2, 40, 40, "none_now_similar"),
        (0, 12, 40, 40, "none_now_fewer"),
        (0, 30, 40, 40, "none_now_significantly_fewer"),
        (9, 3, 40, 34, "more"),
        (9, 3, 40, 33.9, "not_comparable"),
        (0, 3, 12, 40, "none_now_not_comparable"),
        (0, 0, 40, 0, "none_now_before_not_monitored"),
        (0, None, 40, None, "none_now_first"),
        (0, 5, 0, 40, "not_monitored"),
        (3, 5, 0, 40, "no_watch_recorded"),
        (3, 0, 40, 0, "before_not_monitored"),
        (3, 5, 40, 0, "not_comparable"),
        (3, None, 40, None, "first"),
    ],
)
def test_the_comparison_rule(
    now: int, before: int | None, hours_now: float, hours_before: float | None, kind: str
) -> None:
    assert compare(now, before, hours_now, hours_before).kind == kind


@pytest.mark.parametrize("kind", ["not_comparable", "not_monitored", "no_watch_recorded"])
def test_without_comparable_hours_no_adjective_is_used(kind: str) -> None:
    cases = {
        "not_comparable": (90, 3, 10, 40),
        "not_monitored": (0, 9, 0, 9),
        "no_watch_recorded": (9, 1, 0, 9),
    }
    found = compare(*cases[kind])
    assert found.kind == kind
    assert not any(
        word in ENGLISH.phrase(found.key) for word in ("more", "fewer", "similar", "significantly")
    )


def test_one_to_ten_are_spelt_and_larger_numbers_are_figures() -> None:
    assert [ENGLISH.spelt(value) for value in (1, 10, 11, 1591)] == ["one", "ten", "11", "1,591"]
    assert ENGLISH.spelt(21, "about") == "about 21"
    assert ENGLISH.spelt(1, "at_least") == "at least one"
    assert ENGLISH.printed(7, "about") == "about 7"


def test_hours_keep_a_decimal_only_when_they_are_few() -> None:
    assert [ENGLISH.hours(value) for value in (0.5, 9.94, 10.4, 1234.0)] == ["0.5", "9.9", "10", "1,234"]


def test_directions_distances_and_times_are_said_one_way() -> None:
    assert ENGLISH.way("SSW") == "south-south-west"
    assert ENGLISH.way("NE") == "north-east"
    assert ENGLISH.kilometres(3000, 5000) == "3–5 km"
    assert ENGLISH.kilometres(600, 4000) == "0.6–4 km"
    assert ENGLISH.kilometres(None, None) == "N/K"
    start = dt.datetime(2022, 9, 12, 15, 30, tzinfo=dt.UTC)
    assert ENGLISH.period(start, start + dt.timedelta(days=1), YEREVAN) == (
        "19:30 on 12 September to 19:30 on 13 September 2022"
    )
    assert ENGLISH.offset(start, YEREVAN) == "Asia/Yerevan (UTC+04:00)"
    assert ENGLISH.short_span(start, start + dt.timedelta(minutes=8), YEREVAN) == "12 Sep 19:30–19:38"


def test_an_emotive_sentence_is_blocked_with_suggestions() -> None:
    found = lint.check("Illegal armed group shelled the village.")
    assert [one.rule for one in found] == ["illegal", "shelled by"]
    assert "fired from the direction of" in found[1].suggestion
    assert found[0].found == "Illegal armed group"


def test_the_same_words_pass_inside_an_attributed_quotation() -> None:
    assert (
        lint.check("The Ministry of Defence stated that “an illegal armed group shelled the village”.") == []
    )


def test_quotation_marks_without_a_speaker_do_not_excuse_a_word() -> None:
    assert [one.rule for one in lint.check("There was “aggression” near the village.")] == ["aggression"]


def test_the_mission_may_say_that_fire_went_towards_something() -> None:
    assert (
        lint.check("The patrol heard 12 explosions 3–5 km to the south-west, fire in the direction of E.")
        == []
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This was a clear prov\u200bocation.", "provocation"),
        ("The \uff45nemy fired.", "enemy"),
        ("Only two civilians were injured.", "only"),
        ("The ceasefire was violated by one party.", "violated by"),
        ("An occupied position.", "occupied"),
    ],
)
def test_words_cannot_hide(text: str, rule: str) -> None:
    assert [one.rule for one in lint.check(text)] == [rule]


@pytest.mark.parametrize(
    "text",
    ["Only one camera was down.", "The territory named occupied in resolution 884.", "The target date."],
)
def test_plain_uses_pass(text: str) -> None:
    assert lint.check(text) == []
