"""From a draft to a rule in use: what is kept, what is refused, and that two people switch it on."""

import datetime as dt

import pytest
from rule_texts import street_fire
from sqlalchemy import select

from incidents.rules import drafts, queries
from incidents.rules.facts import Span
from incidents.rules.history import tried_on_history
from incidents.rules.service import load_rules, rules_in_use
from monitor.errors import Conflict, Invalid, NotFound, Refused, WrongState
from monitor.log.model import LogLeaf

SPAN = Span(dt.datetime(2022, 8, 1, tzinfo=dt.UTC), dt.datetime(2022, 9, 13, tzinfo=dt.UTC))
ID = "E90-street-fire@1"


@pytest.fixture
def analyst(as_role):
    return as_role("analyst")


@pytest.fixture
def head(as_role):
    return as_role("head_of_mission")


def shadowed(door, version=1, least=3):
    draft = drafts.save_draft(door, street_fire(version, least))
    return drafts.run_in_shadow(door, draft.draft_id, draft.edition)


def with_back_test(door, version_id):
    _, rule = drafts.rule_of(door, version_id)
    result = tried_on_history(door, rule, SPAN).as_json()
    return drafts.keep_back_test(door, version_id, result, drafts.sealed(door, result))


def switched_on(analyst, head, version=1, least=3):
    version_id = shadowed(analyst, version, least)
    with_back_test(analyst, version_id)
    drafts.answer(head, drafts.propose(analyst, version_id, "on").id, agreed=True)
    return version_id


def status_of(door, version_id):
    return {row.rule_version_id: row.status for row in queries.rule_versions(door.session)}[version_id]


def in_use(door):
    return {version_id: rule.status for version_id, rule in rules_in_use(door)}


def test_every_saved_text_is_kept_be_it_right_or_not(analyst):
    first = drafts.save_draft(analyst, "kind: nonsense")
    second = drafts.save_draft(analyst, street_fire(), first.draft_id, seen_edition=1)
    assert (second.edition, queries.draft(analyst.session, first.draft_id).text) == (2, street_fire())
    assert [row.draft_id for row in queries.drafts(analyst.session)] == [first.draft_id]


def test_a_text_saved_by_somebody_else_meanwhile_is_not_written_over(analyst):
    draft = drafts.save_draft(analyst, street_fire())
    drafts.save_draft(analyst, street_fire(least=4), draft.draft_id, seen_edition=1)
    with pytest.raises(Conflict, match="edition 2 was saved meanwhile"):
        drafts.save_draft(analyst, street_fire(least=5), draft.draft_id, seen_edition=1)


def test_a_text_that_is_no_rule_names_its_line():
    found = drafts.judged(street_fire().replace("least: 3", "least: many"))
    assert (found.rule, found.line) == (None, 12)
    assert "a whole number" in found.why


def test_a_text_whose_examples_fail_says_which(analyst):
    wrong = street_fire().replace("least: 3", "least: 9")
    found = drafts.judged(wrong)
    assert not found.is_sound and "enough in a day" in found.failing[0]
    draft = drafts.save_draft(analyst, wrong)
    with pytest.raises(Invalid):
        drafts.run_in_shadow(analyst, draft.draft_id, draft.edition)


def test_a_rule_that_names_one_that_is_not_there_names_the_line():
    text = "\n".join(
        line
        for line in street_fire().splitlines()
        if not line.startswith(("where", "  - {field", "least", "kind"))
    ).replace("window:", "kind: combine\nof: [E77-none]\nleast: 1\nwindow:")
    found = drafts.judged(text.split("examples:")[0])
    assert found.line == 9 and "there is no rule E77-none" in found.why


def test_a_draft_in_shadow_runs_and_is_closed(analyst):
    draft = drafts.save_draft(analyst, street_fire())
    version_id = drafts.run_in_shadow(analyst, draft.draft_id, 1)
    assert in_use(analyst)[version_id] == "shadow"
    assert queries.drafts(analyst.session) == []
    with pytest.raises(WrongState):
        drafts.save_draft(analyst, street_fire(), draft.draft_id, seen_edition=1)


def test_a_version_that_is_published_is_never_written_over(analyst):
    shadowed(analyst)
    with pytest.raises(Invalid) as refused:
        shadowed(analyst, least=2)
    assert "must be a later one" in str(refused.value.facts)


def test_loading_the_rule_files_leaves_what_the_desk_decided(analyst, head):
    load_rules(analyst)
    version_id = switched_on(analyst, head)
    assert load_rules(analyst) == []
    assert in_use(analyst)[version_id] == "on"


def test_a_rule_goes_on_only_with_a_signed_back_test_of_its_own_text(analyst):
    version_id = shadowed(analyst)
    with pytest.raises(Invalid) as refused:
        drafts.propose(analyst, version_id, "on")
    assert "back-test" in str(refused.value.facts)
    with_back_test(analyst, version_id)
    assert drafts.propose(analyst, version_id, "on").kind == "on"


def test_a_rule_without_a_budget_or_without_both_kinds_of_examples_does_not_go_on(analyst):
    text = street_fire().replace("budget: {alerts: 4, every: 30d}\n", "")
    draft = drafts.save_draft(analyst, text[: text.index("  - name: one less")])
    version_id = drafts.run_in_shadow(analyst, draft.draft_id, 1)
    _, rule = drafts.rule_of(analyst, version_id)
    missing = " ".join(drafts.lacks(rule, []))
    assert "budget" in missing and "silent" in missing and "back-test" in missing


def test_a_back_test_that_the_server_did_not_make_is_refused(analyst):
    version_id = shadowed(analyst)
    _, rule = drafts.rule_of(analyst, version_id)
    result = tried_on_history(analyst, rule, SPAN).as_json()
    seal = drafts.sealed(analyst, result)
    with pytest.raises(Invalid):
        drafts.keep_back_test(analyst, version_id, result | {"findings": 0, "a_month": 0.5}, seal)
    other = result | {"digest": "0" * 64}
    with pytest.raises(Invalid):
        drafts.keep_back_test(analyst, version_id, other, drafts.sealed(analyst, other))


def test_a_rule_is_switched_on_by_a_second_person_and_the_step_names_both(analyst, head):
    version_id = shadowed(analyst)
    test_id = with_back_test(analyst, version_id)
    asked = drafts.propose(analyst, version_id, "on")
    with pytest.raises(Refused, match="somebody other than the one who proposed it"):
        drafts.answer(analyst, asked.id, agreed=True)
    assert drafts.answer(head, asked.id, agreed=True) == "on"
    assert in_use(head)[version_id] == "on"
    step = queries.rule_steps(head.session, version_id)[-1]
    assert (step.by, step.answers, step.back_test_id) == (head.actor.code, analyst.actor.code, test_id)
    log = head.session.scalars(select(LogLeaf.leaf).where(LogLeaf.type == "rule_changed")).all()
    [said] = [leaf for leaf in log if version_id in leaf and '"status":"on"' in leaf]
    assert head.actor.code in said


def test_a_refused_proposal_changes_nothing_and_another_may_follow(analyst, head):
    version_id = shadowed(analyst)
    with_back_test(analyst, version_id)
    asked = drafts.propose(analyst, version_id, "on")
    with pytest.raises(Conflict):
        drafts.propose(analyst, version_id, "on")
    assert drafts.answer(head, asked.id, agreed=False) == "shadow"
    with pytest.raises(NotFound):
        drafts.answer(head, asked.id, agreed=True)
    assert drafts.propose(analyst, version_id, "on").id != asked.id


def test_a_new_version_that_goes_on_takes_the_place_of_the_old_one(analyst, head):
    old, new = switched_on(analyst, head), switched_on(analyst, head, version=2, least=2)
    assert (status_of(head, old), status_of(head, new)) == ("retired", "on")
    assert old not in in_use(head)


def test_a_rule_that_is_on_is_retired_by_two_people_one_in_shadow_by_one(analyst, head):
    version_id = switched_on(analyst, head)
    asked = drafts.propose(analyst, version_id, "retired")
    assert version_id in in_use(head)
    drafts.answer(head, asked.id, agreed=True)
    assert version_id not in in_use(head)
    second = shadowed(analyst, version=2, least=2)
    drafts.stop_shadow(analyst, second)
    assert status_of(head, second) == "retired"


def test_a_rule_of_the_files_can_be_retired_at_the_desk_and_stays_so(analyst, head):
    load_rules(analyst)
    of_files = next(version_id for version_id, rule in rules_in_use(analyst) if rule.status == "on")
    drafts.answer(head, drafts.propose(analyst, of_files, "retired").id, agreed=True)
    assert of_files not in in_use(head)
    assert load_rules(head) == []
    assert status_of(head, of_files) == "retired"
