"""Filing fast: each frequent report from its own screen, with everything that helps to be exact."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incidents.evidence.queries import media_of
from incidents.intake import queries
from monitor.field.messages import LANGUAGES, messages

OpenForm = Callable[..., Page]
EN = messages("en")
MOST_TAPS = 6
GLOVE_PX = 56
# Sixteen points stand on the ring, which is as wide as the screen.
ON_THE_RING_PX = 54
GLOVE_TARGETS = (
    ".quick button:visible, .quick select:visible, .quick input:not([type=radio]):visible, "
    ".quick label.choice:visible, .quick label.point:visible, .bar button:visible"
)
COUNT_TAPS = "globalThis.taps = 0; addEventListener('pointerdown', () => { globalThis.taps += 1; }, true);"
FAST = ["explosion", "burst", "uav_sighting", "denial", "nothing"]


def tap(page: Page, control: str) -> None:
    page.locator(f"label:has(#{control})").click()


def send(page: Page) -> str:
    page.locator("#review").click()
    page.locator("#send").click()
    return page.locator("#receipt-number").inner_text()


def filed(live_server: Any) -> list[queries.ObservationRow]:
    with live_server.parts.reading() as door:
        return list(queries.observations(door.session, None, None))


def the_position(live_server: Any) -> Any:
    with live_server.parts.reading() as door:
        (row,) = queries.observations(door.session, None, None)
        return queries.positions(door.session, live_server.parts.keys, [row])[row.observation_id]


def home(page: Page) -> None:
    page.locator("#home").click()
    page.locator(".tiles").wait_for()


# Taps -----------------------------------------------------------------------------------------------------


def test_a_heard_explosion_is_filed_in_at_most_six_taps(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.evaluate(COUNT_TAPS)

    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    number = send(page)

    assert page.evaluate("globalThis.taps") <= MOST_TAPS
    (row,) = filed(live_server)
    assert (row.receipt_number, row.fields, row.processing) == (
        number,
        {"assessment": "undetermined"},
        "received",
    )


def test_each_bang_that_is_tapped_keeps_its_second(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    for _ in range(3):
        page.locator("#pad").click()
    page.locator("#pad-less").click()
    expect(page.locator("#pad strong")).to_have_text("3")
    tap(page, "rose-N")
    tap(page, "distance-1-3")
    send(page)

    (row,) = filed(live_server)
    taps = row.fields["tap_times"]
    assert (row.count_best, row.t_precision, len(taps)) == (3, "T0", 3)
    # The mission's clock stands in these tests; test_form_modules has taps at different seconds.
    assert taps[0] == "2022-09-13T12:00:00+04:00" and row.t_start == row.t_end
    assert row.reasons == ()


def test_the_next_report_of_its_kind_begins_with_the_codes_of_the_last(
    open_form: OpenForm, live_server: Any
) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    tap(page, "field-assessment-outgoing")
    tap(page, "means-felt")
    send(page)
    home(page)

    page.locator("#quick-explosion").click()
    expect(page.locator("#field-assessment-outgoing")).to_be_checked()
    expect(page.locator("#means-felt")).to_be_checked()
    page.locator("#as-last").click()
    send(page)

    first, second = filed(live_server)
    assert first.fields == second.fields
    assert (first.lon, first.lat) == (second.lon, second.lat)


def test_what_is_kept_for_the_next_report_is_codes_and_nothing_else(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#quick-denial").click()
    tap(page, "field-stopped_by-police")
    page.locator("#more").click()
    page.locator("#field-stated_identity").fill("A major of the second brigade")
    page.locator("#open-text").click()
    page.locator("#text").fill("He would not say his name")
    page.locator("#review").click()
    page.locator("#send").click()
    page.locator("#receipt-number").wait_for()

    kept = page.evaluate("import('/field/static/store.js').then(({ kept }) => JSON.stringify(kept.last))")
    assert json.loads(kept)["restriction"]["fields"] == {"stopped_by": "police"}
    assert not any(word in kept for word in ("major", "name", "45.8", "40.2"))


# The other screens ----------------------------------------------------------------------------------------


def test_shots_and_bursts_share_a_screen(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.locator("#quick-burst").click()
    tap(page, "category-shot")
    page.locator("#pad").click()
    tap(page, "rose-ENE")
    tap(page, "distance-0-1")
    tap(page, "field-weapon-small_arms")
    tap(page, "field-fire_toward-village")
    send(page)

    (row,) = filed(live_server)
    assert (row.type, row.count_best, row.reasons) == ("shot", 2, ())
    assert (row.fields["weapon"], row.fields["fire_toward"]) == ("small_arms", "village")


def test_an_exchange_of_fire_is_told_by_its_length_and_not_by_a_count_of_taps(
    open_form: OpenForm, live_server: Any
) -> None:
    page = open_form()
    page.locator("#quick-burst").click()
    page.locator("#pad").click()
    tap(page, "category-exchange_of_fire")
    expect(page.locator("#pad")).to_be_hidden()
    page.locator("#field-duration_min").fill("12")
    tap(page, "rose-W")
    tap(page, "distance-5-10")
    send(page)

    (row,) = filed(live_server)
    assert (row.type, row.count_best, row.reasons) == ("exchange_of_fire", 1, ())
    assert row.fields == {"duration_min": 12}


def test_a_uav_is_filed_with_its_kind_and_direction(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.locator("#quick-uav_sighting").click()
    tap(page, "means-saw")
    tap(page, "rose-S")
    tap(page, "distance-n_k")
    tap(page, "field-armed-n_k")
    send(page)

    (row,) = filed(live_server)
    assert (row.type, row.means, row.fields, row.reasons) == ("uav_sighting", "saw", {"armed": "n_k"}, ())


def test_a_restriction_of_movement_is_filed_where_one_stands(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.locator("#quick-denial").click()
    tap(page, "category-delay")
    page.locator("#field-delay_min").fill("40")
    tap(page, "field-stopped_by-police")
    page.locator("#field-reason_given").select_option("safety")
    send(page)

    (row,) = filed(live_server)
    assert (row.category, row.type, row.exposure, row.reasons) == ("FOM", "delay", "none", ())
    assert row.fields == {"delay_min": 40, "stopped_by": "police", "reason_given": "safety"}


def test_after_gunfire_near_the_patrol_the_screen_asks_how_near(
    open_form: OpenForm, live_server: Any
) -> None:
    page = open_form()
    page.locator("#quick-denial").click()
    tap(page, "category-gunfire_near")
    page.locator("#review").click()
    expect(page.locator("#errors")).to_contain_text(EN["error.exposure"])
    tap(page, "exposure-near_miss")
    send(page)

    (row,) = filed(live_server)
    assert row.exposure == "near_miss"


def test_more_about_it_leads_to_every_question_and_loses_nothing(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    page.locator("#pad").click()
    tap(page, "rose-SW")
    page.locator("#more").click()
    expect(page.locator("#open-event")).to_contain_text("South-west")
    expect(page.locator("#open-count")).to_contain_text("2")
    expect(page.locator("#ask-details")).to_be_visible()


def test_what_the_fast_screen_left_out_is_mended_in_the_long_form(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.locator("#review").click()
    page.get_by_role("button", name=f"{EN['form.change']}: {EN['ask.exposure']}").click()
    expect(page.locator("#ask-exposure")).to_be_visible()


# Distance, direction, place -------------------------------------------------------------------------------


def test_flash_to_bang_gives_a_range_by_the_warmth_of_the_air(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.clock.install()
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    page.locator("#flash").click()
    page.clock.fast_forward(7_000)
    page.locator("#bang").click()
    warm = float(page.locator("#dist-max").input_value())
    page.locator("#air").fill("-10")
    cold = float(page.locator("#dist-max").input_value())
    assert 2.55 < warm < 2.75 and 2.4 < cold < warm
    send(page)

    position = the_position(live_server)
    assert position.dist_max_m == pytest.approx(cold * 1000)
    assert position.dist_max_m - position.dist_min_m == pytest.approx(400, abs=10)


POINT = """dispatchEvent(Object.assign(new Event("deviceorientationabsolute"),
  {{ absolute: {}, alpha: {}, beta: 3, gamma: 2 }}))"""


def test_a_phones_compass_helps_and_is_never_believed_alone(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.context.grant_permissions(["geolocation", "accelerometer", "gyroscope", "magnetometer"])
    page.locator("#quick-explosion").click()
    tap(page, "distance-3-5")
    page.locator("#by-degrees").click()
    page.locator("#compass").click()
    page.locator("#compass-stop").wait_for()
    page.evaluate(POINT.format("false", 300))
    expect(page.locator("#compass-now")).to_contain_text(EN["compass.waiting"])
    page.evaluate(POINT.format("true", 140))
    page.locator("#compass-take").click()

    expect(page.locator("#degrees")).to_have_value("220")
    expect(page.locator("#north-magnetic")).to_be_checked()
    page.locator("#review").click()
    expect(page.locator("#errors")).to_contain_text(EN["error.by_eye"])
    tap(page, "rose-NE")
    page.locator("#review").click()
    expect(page.locator("#errors")).to_contain_text(EN["error.compass"])
    tap(page, "rose-SW")
    expect(page.locator("#declination")).to_contain_text("220° magnetic + 6.5° = 226.5° true (WMM2020)")
    send(page)

    position = the_position(live_server)
    assert (position.dir16, position.bearing_deg) == ("SW", pytest.approx(226.5, abs=0.1))


def test_without_a_compass_the_bearing_is_typed(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.context.grant_permissions(["geolocation", "accelerometer", "gyroscope", "magnetometer"])
    page.clock.install()
    page.locator("#quick-explosion").click()
    tap(page, "distance-3-5")
    page.locator("#by-degrees").click()
    page.locator("#compass").click()
    page.locator("#compass-stop").wait_for()
    page.clock.fast_forward(5_000)
    expect(page.locator("#compass-now")).to_contain_text(EN["compass.none"])
    page.locator("#degrees").fill("220")
    tap(page, "north-true")
    send(page)

    position = the_position(live_server)
    assert (position.dir16, position.bearing_deg) == (None, 220)


def test_the_map_takes_references_and_degrees_and_shows_what_will_be_stored(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.locator("#show-area").click()
    expect(page.locator(".map-said")).to_have_text(EN["map.area"])
    page.locator("#map-use").click()

    page.locator("#more").click()
    page.locator("#open-event").click()
    tap(page, "event-point")
    page.locator("#event-spot").click()
    page.locator("#map-typed").fill("nonsense")
    page.locator("#map-go").click()
    expect(page.locator(".map-said")).to_have_text(EN["map.no_point"])
    page.locator("#map-typed").fill("38T NK 731 503")
    page.locator("#map-go").click()
    expect(page.locator(".map-said")).to_contain_text("40.2004 N, 45.8595 E, within 71\u00a0m")
    page.locator("#map-typed").fill("40.2000, 45.8600")
    page.locator("#map-go").click()
    expect(page.locator("#map-typed")).to_have_value("38TNK 7319 5031")
    page.locator("#map-use").click()
    expect(page.locator("#open-event")).to_contain_text("40.2000 N, 45.8600 E, within 8\u00a0m")


# Voice, light, people -------------------------------------------------------------------------------------


def test_a_voice_note_goes_with_the_report_as_it_was_recorded(open_form: OpenForm, live_server: Any) -> None:
    page = open_form()
    page.context.grant_permissions(["geolocation", "microphone"])
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    page.locator("#more").click()
    page.locator("#open-photos").click()
    page.locator("#voice-start").click()
    expect(page.locator("#voice-now")).to_contain_text("0:01")
    page.locator("#voice-stop").click()
    expect(page.locator("#voice-remove")).to_be_visible()
    expect(page.locator("#open-photos")).to_contain_text(EN["voice.title"])
    send(page)

    expect(page.locator(".seal.done")).to_be_visible()
    (row,) = filed(live_server)
    with live_server.parts.reading() as door:
        (note,) = media_of(door.session, [row.observation_id])
    assert (note.slot, note.mime, note.has_arrived) == ("voice1", "audio/webm", True)
    with live_server.parts.storage.open(note.sha256) as kept:
        assert kept.read(4) == bytes.fromhex("1a45dfa3")  # a WebM file's first bytes


def test_the_page_is_dark_at_night_as_the_phone_says_by_day_and_as_chosen_always(open_form: OpenForm) -> None:
    dark, light = "rgb(16, 23, 26)", "rgb(244, 245, 243)"

    def is_now(colour: str) -> None:
        expect(page.locator("body")).to_have_css("background-color", colour)

    page = open_form(color_scheme="light")
    page.locator("#look").wait_for()
    is_now(light)  # It is noon at the mission.
    page.emulate_media(color_scheme="dark")
    is_now(dark)
    tap(page, "look-light")
    is_now(light)
    page.emulate_media(color_scheme="light")
    tap(page, "look-dark")
    is_now(dark)
    page.reload()
    page.locator("#look").wait_for()
    is_now(dark)
    tap(page, "look-auto")
    is_now(light)
    page.evaluate("globalThis.look.set({ night: true })")
    is_now(dark)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fast_screen_fits_a_glove_and_360_pixels(open_form: OpenForm, language: str) -> None:
    page = open_form(language)
    small: dict[str, list[str]] = {}
    for code in FAST:
        page.locator(f"#quick-{code}").click()
        page.locator("#stood").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, code
        found = page.locator(GLOVE_TARGETS).evaluate_all(
            f"""all => all.filter((one) => one.getBoundingClientRect().height + 0.5
                  < (one.matches(".point") ? {ON_THE_RING_PX} : {GLOVE_PX})).map((one) => one.outerHTML)"""
        )
        small |= {code: found} if found else {}
        home(page)
    assert small == {}
