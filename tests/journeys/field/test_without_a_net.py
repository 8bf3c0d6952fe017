"""Nothing is lost: no net, a bad net, a lying net, a killed browser, a broken update."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bad_net import (
    CUT_ANSWER,
    CUT_REQUEST,
    DOWN,
    LOSE_ANSWER,
    PASS,
    PORTAL,
    REDIRECT,
    Answered,
    Asked,
    BadNet,
)
from cast_of_people import cast_member, signed_in
from phone_in_hand import Phone, give_pin, stored, tap
from playwright.sync_api import Page, expect

from incidents.intake import queries
from incidents.intake.service import review_observation
from monitor.field.messages import messages

OpenForm = Callable[..., Page]
Net = Callable[..., BadNet]
SAYS = messages("en")
PLANTED = "The miller saw it from his window"


@pytest.fixture
def net(live_server: Any) -> Iterator[BadNet]:
    bad = BadNet(live_server.url)
    yield bad
    bad.close()


@pytest.fixture
def phone(net: BadNet, live_server: Any, watch_id: str, folder: Path, own_profile: Any) -> Iterator[Phone]:
    """A monitor's phone behind the bad net, its browser's profile on the disk."""
    with live_server.parts.transaction() as door:
        cookie, _ = signed_in(door, cast_member(door, "monitor"))
    held = Phone(own_profile, net.url, folder / "profile", cookie)
    yield held
    held.close()


def describe(page: Page, text: str = "") -> None:
    """Everything of an explosion but the last tap."""
    page.locator("#quick-explosion").click()
    tap(page, "rose-SW")
    tap(page, "distance-3-5")
    if text:
        page.locator("#more").click()
        page.locator("#open-text").click()
        page.locator("#text").fill(text)


def finish(page: Page) -> None:
    page.locator("#review").click()
    page.locator("#send").click()
    page.locator(".seal").wait_for()


def home(page: Page) -> None:
    page.evaluate("location.hash = '#/'")
    page.locator(".tiles").wait_for()


def offline_copy_is_whole(page: Page) -> None:
    """The worker serves this page, and what the form asks of the API is known."""
    page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          const { readAll } = await import("/field/static/database.js");
          const { serviceWorker } = navigator;
          const isWhole = async () => serviceWorker.controller && (await readAll("known")).length >= 6;
          while (!(await isWhole())) await new Promise((later) => setTimeout(later, 50));
        }"""
    )


def filed(live_server: Any) -> list[queries.ObservationRow]:
    with live_server.parts.reading() as door:
        return list(queries.observations(door.session, None, None))


def texts(live_server: Any) -> list[str | None]:
    with live_server.parts.reading() as door:
        rows = list(queries.observations(door.session, None, None))
        return sorted(queries.texts(door.session, live_server.parts.keys, rows).values())


def received(page: Page) -> None:
    expect(page.locator(".seal.done")).to_be_visible()


# The offline copy -------------------------------------------------------------------------------------------


def test_the_form_starts_without_a_net_in_every_language_and_files(
    phone: Phone, net: BadNet, live_server: Any
) -> None:
    offline_copy_is_whole(phone.start())
    phone.kill()
    net.behave = lambda asked: DOWN
    for language in ("hy", "az", "ru"):
        page = phone.start(language)
        expect(page.locator(".watch")).to_contain_text(messages(language)["watch.running"])
        phone.close()
    page = phone.start("en")
    describe(page)
    finish(page)
    expect(page.locator("h1")).to_have_text(SAYS["receipt.finished"])
    assert filed(live_server) == []

    net.behave = lambda asked: PASS
    page.evaluate("dispatchEvent(new Event('online'))")
    received(page)
    assert len(filed(live_server)) == 1


def test_the_browser_finds_the_form_fit_to_be_installed(phone: Phone) -> None:
    page = phone.start("hy")
    offline_copy_is_whole(page)
    browser = page.context.new_cdp_session(page)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["url"].endswith("/field/hy/app.webmanifest")
    assert manifest["errors"] == []
    assert browser.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


@pytest.mark.parametrize("lost", ["static/lock.js", "static/report.js", "en/words"])
def test_a_first_visit_that_breaks_off_says_so_and_is_tried_again(
    browse: Callable[..., Page], watch_id: str, lost: str
) -> None:
    page = browse("monitor", phone=True)
    page.route(f"**/field/{lost}", lambda route: route.abort())
    page.goto("/field/en")
    expect(page.locator("h1")).to_have_text(SAYS["app.no_net"])
    page.unroute(f"**/field/{lost}")
    page.locator("#again").click()
    give_pin(page)
    page.locator(".tiles").wait_for()


def test_the_map_opens_without_a_net(phone: Phone, net: BadNet) -> None:
    offline_copy_is_whole(phone.start())
    phone.close()
    net.behave = lambda asked: DOWN
    page = phone.start()
    page.locator("#quick-other").click()
    page.locator("#category-CFV").click()
    page.locator("#open-event").click()
    tap(page, "event-point")
    page.locator("#event-spot").click()
    page.locator("#map-middle").click()
    page.locator("#map-use").click()
    expect(page.locator("#open-event")).to_contain_text("E, within")


def test_nothing_but_get_passes_through_the_worker(phone: Phone) -> None:
    page = phone.start()
    offline_copy_is_whole(page)
    by_worker: dict[tuple[str, str], bool] = {}
    page.on(
        "response",
        lambda answer: by_worker.update(
            {(answer.request.method, answer.url.split("?")[0].split("/", 3)[3]): answer.from_service_worker}
        ),
    )
    page.reload()
    give_pin(page)
    describe(page)
    finish(page)
    received(page)
    assert by_worker["GET", "field/en"]
    assert by_worker["GET", "field/static/report.js"]
    assert not by_worker["POST", "api/v1/observations"]
    assert [
        asked for asked, caught in by_worker.items() if caught and (asked[0] != "GET" or "api/" in asked[1])
    ] == []


def newer_release(changed: str, broken: bool = False) -> Callable[[Asked, Answered], Answered]:
    """The net serves a later release, in which one module has a comment more; or is broken."""

    def alter(asked: Asked, answered: Answered) -> Answered:
        path = asked.path.split("?")[0]
        if path == changed and broken:
            return Answered(500, [("Content-Type", "text/plain")], b"half a file")
        if path == changed:
            return Answered(200, [("Content-Type", "text/javascript")], module_text(changed) + b"\n// newer")
        if path == "/field/sw.js":
            text = plain(answered).decode()
            new = base64.b64encode(hashlib.sha256(module_text(changed) + b"\n// newer").digest()).decode()
            text = re.sub(f'("{re.escape(changed)}":)"[^"]+"', rf'\1"{new}"', text)
            text = re.sub(r'"digest":"\w+"', '"digest":"newer"', text, count=1)
            return replace(answered, body=text.encode(), headers=without_encoding(answered))
        return answered

    return alter


def module_text(address: str) -> bytes:
    from monitor.field.release import contents

    return contents()[address]


def plain(answered: Answered) -> bytes:
    import brotli

    packed = dict(answered.headers).get("Content-Encoding") == "br"
    return brotli.decompress(answered.body) if packed else answered.body


def without_encoding(answered: Answered) -> list[tuple[str, str]]:
    return [pair for pair in answered.headers if pair[0] not in {"Content-Encoding", "ETag"}]


CHECK_FOR_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  const worker = registration.installing;
  const isOver = () => ["installed", "redundant"].includes(worker.state);
  if (worker) await new Promise((done) => worker.addEventListener("statechange", () => isOver() && done()));
  return { waiting: Boolean(registration.waiting), caches: await caches.keys() };
}"""


def test_an_install_with_one_broken_file_keeps_the_old_version(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    offline_copy_is_whole(page)
    before = page.evaluate("caches.keys()")
    net.log.clear()
    net.alter = newer_release("/field/static/parts.js", broken=True)

    after = page.evaluate(CHECK_FOR_UPDATE)

    assert after == {"waiting": False, "caches": before}
    assert {"/field/sw.js", "/field/static/parts.js"} <= {asked.path for asked, _ in net.log}  # it did try
    net.behave = lambda asked: DOWN
    page.reload()
    give_pin(page)
    describe(page)


def test_an_update_waits_and_never_strands_a_draft(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    offline_copy_is_whole(page)
    describe(page, PLANTED)
    net.alter = newer_release("/field/static/parts.js")
    assert page.evaluate(CHECK_FOR_UPDATE)["waiting"]
    expect(page.locator("#update")).to_contain_text(SAYS["app.update"])
    expect(page.locator("#text")).to_have_value(PLANTED)

    page.locator("#update-now").click()

    give_pin(page)
    expect(page.locator("#text")).to_have_value(PLANTED)
    assert page.evaluate("fetch('/field/static/parts.js').then((answer) => answer.text())").endswith(
        "// newer"
    )
    assert len(page.evaluate("caches.keys()")) == 1


def test_a_draft_of_an_older_form_is_opened_and_filed(phone: Phone, live_server: Any) -> None:
    page = phone.start()
    describe(page, PLANTED)
    page.evaluate(
        """async () => {
          const { kept, saveNow } = await import("/field/static/store.js");
          const [draft] = kept.drafts;
          for (const younger of ["conditions", "quick", "photos"]) delete draft[younger];
          delete draft.event.basis;
          await saveNow(draft);
        }"""
    )
    page.reload()
    give_pin(page)
    expect(page.locator("#text")).to_have_value(PLANTED)
    finish(page)
    received(page)
    assert texts(live_server) == [PLANTED]


def test_storage_that_lasts_is_asked_for_and_never_waited_for(
    open_form: OpenForm, browse: Callable[..., Page]
) -> None:
    page = browse("monitor", phone=True)
    page.add_init_script("navigator.storage.persist = () => new Promise(() => {})")
    page.goto("/field/en")
    give_pin(page)
    offline_copy_is_whole(page)


def test_a_phone_that_is_not_ready_says_so_and_what_to_do(open_form: OpenForm) -> None:
    page = open_form()
    page.locator("#not-ready").click()
    expect(page.locator("main")).to_contain_text(SAYS["home.not_ready"])
    for missing in ("installed", "enrolled"):
        expect(page.locator(f"#check-{missing}")).to_contain_text(SAYS[f"phone.{missing}_todo"])
    expect(page.locator("#check-copy")).to_have_class("check-row ok")


# Drafts under a PIN -----------------------------------------------------------------------------------------


def hide(page: Page, hidden: bool = True) -> None:
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_putting_the_form_away_locks_it_and_the_pin_opens_the_draft_again(
    open_form: OpenForm, unlock: Any
) -> None:
    page = open_form()
    describe(page, PLANTED)
    hide(page)
    hide(page, False)
    expect(page.locator("h1")).to_have_text(SAYS["lock.locked"])
    assert PLANTED not in page.content()
    unlock(page)
    expect(page.locator("#text")).to_have_value(PLANTED)


def test_putting_the_phone_away_while_it_seals_loses_nothing(open_form: OpenForm, unlock: Any) -> None:
    page = open_form()
    describe(page, PLANTED)
    page.locator("#review").click()
    page.locator("#send").wait_for()
    page.evaluate(
        """() => {
          document.getElementById("send").click();
          Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.locator("#pin").wait_for()
    hide(page, False)
    unlock(page)
    received(page)
    assert stored(page, "drafts") == []


def test_two_minutes_without_a_touch_lock_the_form(browse: Callable[..., Page], watch_id: str) -> None:
    page = browse("monitor", phone=True)
    page.clock.install()
    page.goto("/field/en")
    give_pin(page)
    page.locator(".tiles").wait_for()
    page.clock.fast_forward(130_000)
    expect(page.locator("h1")).to_have_text(SAYS["lock.locked"])


def test_a_wrong_pin_is_slowed_down_and_a_forgotten_one_costs_the_drafts_only(
    open_form: OpenForm, net: BadNet
) -> None:
    page = open_form()
    offline_copy_is_whole(page)
    page.context.set_offline(True)
    describe(page)
    finish(page)
    home(page)
    describe(page, PLANTED)
    page.reload()
    for _ in range(4):
        page.locator("#pin").fill("999999")
        page.locator("#pin-go").click()
        page.locator("#pin-error").wait_for()
    expect(page.locator("#pin-error")).to_contain_text("Try again in")
    page.locator("#pin").fill("246810")
    page.locator("#pin-go").click()
    expect(page.locator("#pin-error")).to_contain_text("Try again in")

    page.locator("#pin-forgotten").click()
    page.locator("#sure-yes").click()
    give_pin(page, "135791")
    home(page)
    assert len(stored(page, "drafts")) == 0
    expect(page.locator("#counters")).to_contain_text("1 waiting")


def test_files_are_stored_as_buffers_and_all_that_was_written_as_ciphers(
    open_form: OpenForm, photo: dict[str, Any]
) -> None:
    page = open_form()
    describe(page, PLANTED)
    page.locator("#open-photos").click()
    page.locator("#photo-files").set_input_files(photo)
    page.locator(".photos li").wait_for()
    page.evaluate("new Promise((saved) => setTimeout(saved, 400))")
    drafts, photos = stored(page, "drafts"), stored(page, "photos")
    assert [set(row["sealed"]) for row in (*drafts, *photos)] == [{"buffer"}, {"buffer"}]
    everything = json.dumps(
        [stored(page, name) for name in ("meta", "known", "secrets", "drafts", "photos", "reports", "sealed")]
    )
    assert "blob" not in re.findall(r'"(\w+)": \d', everything)
    assert PLANTED not in everything


def test_a_killed_camera_visit_restores_the_draft_with_its_photo(
    phone: Phone, net: BadNet, photo: dict[str, Any]
) -> None:
    page = phone.start()
    offline_copy_is_whole(page)
    describe(page, PLANTED)
    page.locator("#open-photos").click()
    page.locator("#photo-files").set_input_files(photo)
    page.locator(".photos li").wait_for()
    phone.kill()
    net.behave = lambda asked: DOWN

    page = phone.start()
    page.locator(".draft").click()
    expect(page.locator(".photos li")).to_have_count(1)
    page.locator("#open-text").click()
    expect(page.locator("#text")).to_have_value(PLANTED)


def test_after_finish_the_phone_holds_nothing_readable(
    phone: Phone, net: BadNet, folder: Path, photo: dict[str, Any]
) -> None:
    """Row 1 of the threat model: the whole profile of the browser is searched, as it lies on the disk."""
    page = phone.start()
    offline_copy_is_whole(page)
    net.behave = lambda asked: DOWN
    markers = [f"Planted-{number}-{hashlib.sha256(bytes([number])).hexdigest()[:12]}" for number in range(20)]
    for marker, in_photo in zip(markers[::2], markers[1::2], strict=True):
        describe(page, marker)
        page.locator("#open-photos").click()
        page.locator("#photo-files").set_input_files(photo | {"buffer": photo["buffer"] + in_photo.encode()})
        page.locator(".photos li").wait_for()
        finish(page)
        home(page)
    page.evaluate("new Promise((settled) => setTimeout(settled, 500))")
    phone.close()
    hits = {
        (marker, path.name)
        for path in (folder / "profile").rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for marker in markers
        if marker.encode() in content or marker.encode("utf-16-le") in content
    }
    assert hits == set()


# Sending ----------------------------------------------------------------------------------------------------


def waits(page: Page) -> list[float]:
    return page.evaluate("window.waits")


def test_the_wait_doubles_and_starts_afresh_after_any_progress(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    for _ in range(2):
        describe(page)
        finish(page)
        home(page)
    page.evaluate(
        """() => {
          window.waits = [];
          const real = setTimeout;
          window.setTimeout = (work, ms, ...rest) => {
            if (work.name === "run") waits.push(ms);
            return real(work, Math.min(ms, 60), ...rest);
          };
        }"""
    )
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate(
        """async () => {
          while (waits.length < 6) await new Promise((later) => requestAnimationFrame(later));
        }"""
    )
    grown = waits(page)
    assert grown[4] > 4 * grown[0]

    texts_taken: list[Asked] = []

    def one_text_only(asked: Asked) -> str:
        if asked.path == "/api/v1/observations":
            texts_taken.append(asked)
            return PASS if len(texts_taken) == 1 else DOWN
        return PASS if "start" in asked.path else DOWN

    net.behave = one_text_only
    page.evaluate(
        """async () => {
          const before = waits.length;
          const isAfresh = () => waits.slice(before).some((ms) => ms <= 600);
          while (!isAfresh()) await new Promise((later) => requestAnimationFrame(later));
        }"""
    )


def press_try_now(page: Page) -> None:
    page.evaluate("location.hash = '#/phone'")
    page.locator("#send-all").click()


WAKERS: dict[str, Callable[[Page], Any]] = {
    "the net is back": lambda page: page.evaluate("dispatchEvent(new Event('online'))"),
    "the page is looked at": lambda page: page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    ),
    "the button": press_try_now,
}


@pytest.mark.parametrize("waker", WAKERS)
def test_each_of_these_sends_what_waits(phone: Phone, net: BadNet, live_server: Any, waker: str) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    # The timer, which would send too, is kept from it.
    page.evaluate(
        """() => {
          const real = setTimeout;
          window.setTimeout = (work, ...rest) => (work.name === "run" ? 0 : real(work, ...rest));
        }"""
    )
    describe(page)
    finish(page)
    expect(page.locator("main")).to_contain_text(SAYS["send.no_net"])
    net.behave = lambda asked: PASS
    WAKERS[waker](page)
    page.evaluate(
        """async () => {
          const { readAll } = await import("/field/static/database.js");
          const hasGone = async () => (await readAll("reports")).every(({ receipt }) => receipt);
          while (!(await hasGone())) await new Promise((later) => requestAnimationFrame(later));
        }"""
    )
    assert len(filed(live_server)) == 1


@pytest.mark.parametrize("way", [PORTAL, REDIRECT, CUT_ANSWER, LOSE_ANSWER, CUT_REQUEST])
def test_nothing_leaves_for_an_answer_that_is_not_the_bases(
    phone: Phone, net: BadNet, live_server: Any, way: str
) -> None:
    page = phone.start()
    net.behave = lambda asked: way if asked.path.startswith("/api/") else PASS
    describe(page, PLANTED)
    finish(page)
    notice = SAYS["send.portal"] if way in {PORTAL, REDIRECT} else SAYS["send.no_net"]
    expect(page.locator("main")).to_contain_text(notice)
    assert [row["state"] for row in stored(page, "reports")] == ["finished"]
    assert len(stored(page, "sealed")) == 1

    net.behave = lambda asked: PASS
    page.evaluate("dispatchEvent(new Event('online'))")
    received(page)
    assert stored(page, "sealed") == []
    assert texts(live_server) == [PLANTED]


def other(change: Callable[[dict[str, Any]], Any], where: str) -> Callable[[Asked, Answered], Answered]:
    """The base answers `where` with something else than it should."""

    def alter(asked: Asked, answered: Answered) -> Answered:
        if asked.path.split("?")[0].startswith(where) and answered.status < 300:
            body = json.loads(plain(answered))
            for receipt in body.get("items", [body]):
                change(receipt)
            return replace(answered, body=json.dumps(body).encode(), headers=without_encoding(answered))
        return answered

    return alter


LIES = {
    "another digest": (lambda body: body.update(digest="0" * 64), "/api/v1/observations"),
    "another envelope": (lambda body: body.update(envelope_sha256="0" * 64), "/api/v1/observations"),
    "a leaf of another report": (
        lambda body: body["receipt"].update(
            leaf=body["receipt"]["leaf"].replace('"revision":1', '"revision":2')
        ),
        "/api/v1/observations",
    ),
    "another leaf than first": (
        lambda body: body["receipt"].update(leaf=body["receipt"]["leaf"].replace('"seq":', '"seq":1')),
        "/api/v1/receipts",
    ),
    "a head that nobody signed": (
        lambda body: (
            body["checkpoint"] and body.update(checkpoint=body["checkpoint"].replace("\n— ", "\n- "))
        ),
        "/api/v1/receipts",
    ),
    "a proof that does not lead there": (
        lambda body: body["inclusion"] is not None and body.update(inclusion=[*body["inclusion"], "00" * 32]),
        "/api/v1/receipts",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_base_that_contradicts_itself_is_told_of_and_the_report_stays(
    phone: Phone, net: BadNet, lie: str
) -> None:
    page = phone.start()
    net.alter = other(*LIES[lie])
    describe(page)
    finish(page)
    expect(page.locator(".notice.bad")).to_contain_text(SAYS["send.contradiction"])
    assert [row["state"] for row in stored(page, "reports")] == ["blocked"]
    assert len(stored(page, "sealed")) == 1
    with page.expect_download() as handed_out:
        page.locator("#export").click()
    assert Path(handed_out.value.path()).read_bytes().startswith(b"TLOUTBOX1\n")


def test_a_base_that_was_restored_from_before_a_report_gets_it_again(
    phone: Phone, net: BadNet, live_server: Any
) -> None:
    page = phone.start()
    forgot: list[str] = []

    def forget_once(receipt: dict[str, Any]) -> None:
        if not forgot:
            forgot.append(receipt["observation_id"])
            receipt["status"] = 404

    net.alter = other(forget_once, "/api/v1/receipts")
    describe(page, PLANTED)
    finish(page)
    received(page)
    assert len([asked for asked, _ in net.log if asked.path == "/api/v1/observations"]) == 2
    assert texts(live_server) == [PLANTED]


def test_a_log_that_does_not_continue_the_last_head_is_told_of(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    describe(page)
    finish(page)
    received(page)
    page.evaluate(
        """async () => {
          const { fact, setFact } = await import("/field/static/database.js");
          const head = await fact("head");
          await setFact("head", { ...head, root: btoa("another history of this log, yes") });
        }"""
    )
    home(page)
    describe(page)
    finish(page)
    expect(page.locator(".notice.bad")).to_contain_text(SAYS["send.contradiction"])


def test_another_text_under_the_same_id_blocks_and_can_be_exported(
    phone: Phone, net: BadNet, live_server: Any
) -> None:
    from field_report import field_report

    from incidents.intake.service import receive_observation

    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    describe(page)
    finish(page)
    (report,) = stored(page, "reports")
    with live_server.parts.transaction() as door:
        monitor = replace(door, actor=cast_member(door, "monitor"))
        receive_observation(monitor, field_report(observation_id=report["id"]))
    net.behave = lambda asked: PASS
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".notice.bad")).to_contain_text(SAYS["send.conflict"])
    with page.expect_download() as handed_out:
        page.locator("#export").click()
    assert report["id"].encode() in Path(handed_out.value.path()).read_bytes()

    page.locator("#remove").click()
    page.locator("#sure-yes").click()
    page.locator(".tiles").wait_for()
    assert (stored(page, "reports"), stored(page, "sealed")) == ([], [])


def test_what_has_waited_for_three_days_is_to_be_brought(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    describe(page)
    finish(page)
    home(page)
    expect(page.locator("#waits-long")).to_have_count(0)
    page.evaluate(
        """async (id) => {
          const { note } = await import("/field/static/outbox.js");
          await note(`${id}/1`, (row) => ({ filed_at: row.filed_at - 3 * 86_400_000 - 1 }));
        }""",
        stored(page, "reports")[0]["id"],
    )
    page.locator("#waits-long").click()
    expect(page.locator("#export")).to_be_visible()


def test_a_clock_that_stands_still_is_named_as_what_stops_the_report(phone: Phone, net: BadNet) -> None:
    """A phone whose clock lies before the base's last answer cannot make a secure connection."""
    page = phone.start()
    page.evaluate(
        """async () => {
          const { setFact } = await import("/field/static/database.js");
          await setFact("last_answer_at", Date.now() + 86_400_000);
        }"""
    )
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    describe(page)
    finish(page)
    expect(page.locator("main")).to_contain_text(SAYS["send.clock"])
    assert len(stored(page, "sealed")) == 1


def test_a_store_that_the_phone_closed_is_opened_again(phone: Phone, live_server: Any) -> None:
    """Phones close IndexedDB behind the page's back when memory is short (enketo #1576, WebKit 277615)."""
    page = phone.start()
    describe(page, PLANTED)
    page.evaluate(
        """() => {
          const real = IDBDatabase.prototype.transaction;
          window.handlesLost = 0;
          IDBDatabase.prototype.transaction = function (...asked) {
            if (!this.wasClosed && window.handlesLost < 1) {
              this.wasClosed = true;
              window.handlesLost += 1;
              this.close();
            }
            return real.apply(this, asked);
          };
        }"""
    )
    finish(page)
    received(page)
    assert page.evaluate("window.handlesLost") > 0
    assert texts(live_server) == [PLANTED]


def test_two_pages_of_one_phone_send_a_report_once(phone: Phone, net: BadNet, live_server: Any) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    describe(page)
    finish(page)
    second = page.context.new_page()
    second.goto("/field/en")
    give_pin(second)
    net.log.clear()
    net.behave = lambda asked: PASS
    for one in (page, second):
        one.evaluate("dispatchEvent(new Event('online'))")
    received(page)
    expect(second.locator("#counters")).to_contain_text("1 received")
    assert (
        len([asked for asked, _ in net.log if (asked.method, asked.path) == ("POST", "/api/v1/observations")])
        == 1
    )


def test_a_large_file_goes_on_where_it_was_cut(phone: Phone, net: BadNet, live_server: Any) -> None:
    page = phone.start()
    content = bytes(range(256)) * 6_000
    describe(page, PLANTED)
    page.locator("#open-photos").click()
    page.locator("#photo-files").set_input_files(
        {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    page.locator(".photos li").wait_for()
    chunks: list[int] = []

    def every_third_answer_lost(asked: Asked) -> str:
        if asked.method == "PATCH":
            chunks.append(len(asked.body))
            return LOSE_ANSWER if len(chunks) % 3 == 0 else PASS
        return PASS

    net.behave = every_third_answer_lost
    finish(page)
    received(page)
    with live_server.parts.storage.open(hashlib.sha256(content).hexdigest()) as kept:
        assert kept.read() == content
    assert max(chunks) == 256 * 1024
    assert sum(chunks) < 3 * len(content)


def test_texts_go_before_photos(phone: Phone, net: BadNet, photo: dict[str, Any]) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    for _ in range(2):
        describe(page, PLANTED)
        page.locator("#open-photos").click()
        page.locator("#photo-files").set_input_files(photo)
        page.locator(".photos li").wait_for()
        finish(page)
        home(page)
    net.log.clear()
    net.behave = lambda asked: PASS
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#counters")).to_contain_text("2 received")
    sent = [
        asked.method
        for asked, _ in net.log
        if asked.method == "PATCH" or asked.path == "/api/v1/observations"
    ]
    assert sent == ["POST", "POST", "PATCH", "PATCH"]


# The browser has been asked to wake the worker; a page closed before that leaves nobody to ask.
ASKED_TO_WAKE = """async () => {
  const { sync } = await navigator.serviceWorker.ready;
  while (!(await sync.getTags()).includes("outbox")) await new Promise((later) => setTimeout(later, 50));
}"""


def test_the_worker_sends_with_no_page_open(
    own_profile: Any, net: BadNet, live_server: Any, watch_id: str, folder: Path
) -> None:
    with live_server.parts.transaction() as door:
        cookie, _ = signed_in(door, cast_member(door, "monitor"))
    held = Phone(
        own_profile, net.url, folder / "waking", cookie, permissions=["geolocation", "background-sync"]
    )
    page = held.start()
    offline_copy_is_whole(page)
    page.context.set_offline(True)
    describe(page)
    finish(page)
    page.evaluate(ASKED_TO_WAKE)
    context = page.context
    context.new_page()
    page.close()
    assert filed(live_server) == []
    context.set_offline(False)
    looking = context.pages[-1]
    for _ in range(100):
        if filed(live_server):
            break
        looking.evaluate("new Promise((later) => setTimeout(later, 100))")
    held.close()
    assert len(filed(live_server)) == 1


# Questions and watches --------------------------------------------------------------------------------------


def test_a_question_opens_as_a_draft_of_what_was_sent_and_is_answered_by_a_revision(
    open_form: OpenForm, live_server: Any
) -> None:
    page = open_form()
    describe(page, PLANTED)
    finish(page)
    received(page)
    (row,) = filed(live_server)
    with live_server.parts.transaction() as door:
        officer = replace(door, actor=cast_member(door, "duty_officer"))
        review_observation(officer, row.observation_id, "returned", "Which side of the road?")
    home(page)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".question-row").click()
    expect(page.locator("#asked")).to_contain_text("Which side of the road?")
    page.locator("#open-text").click()
    expect(page.locator("#text")).to_have_value(PLANTED)
    page.locator("#text").fill(f"{PLANTED}, north of the road")
    finish(page)
    received(page)
    (row,) = filed(live_server)
    assert (row.revision_no, row.processing) == (2, "received")
    assert texts(live_server) == [f"{PLANTED}, north of the road"]


def test_a_check_in_without_a_net_is_told_when_there_is_one(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    page.locator("#watch-check").click()
    expect(page.locator(".watch")).to_contain_text(SAYS["watch.said_checked_in"].replace("{time}", "12:00"))
    assert len(stored(page, "errands")) == 1
    net.log.clear()
    net.behave = lambda asked: PASS
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate(
        """async () => {
          const { readAll } = await import("/field/static/database.js");
          while ((await readAll("errands")).length) await new Promise((later) => setTimeout(later, 50));
        }"""
    )
    assert [asked.path.split("/")[-1] for asked, _ in net.log if asked.method == "POST"] == ["events"]


def test_wiping_removes_everything(phone: Phone, net: BadNet) -> None:
    page = phone.start()
    offline_copy_is_whole(page)
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    describe(page, PLANTED)
    finish(page)
    home(page)
    describe(page, PLANTED)
    page.evaluate("location.hash = '#/phone'")
    net.behave = lambda asked: DOWN
    page.locator("#wipe").click()
    expect(page.locator("#sure-question")).to_contain_text("(2)")
    page.locator("#sure-yes").click()
    # Neither store nor copy nor worker is left: without a net there is not even a page.
    expect(page).to_have_url(re.compile("^chrome-error:"))
    net.behave = lambda asked: DOWN if asked.path.startswith("/api/") else PASS
    page.goto("/field/en")
    page.get_by_text(SAYS["app.no_net"]).wait_for()
    for store in ("meta", "known", "secrets", "drafts", "photos", "reports", "sealed", "errands"):
        assert stored(page, store) == [], store
