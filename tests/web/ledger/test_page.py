"""The ledger's page: who did what, as far as each person may know."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from provident.web.ledger.record import Actor, record
from provident.web.ledger.words import said, value
from provident.web.people.access import Field, Role, Thing, visible
from provident.web.people.events import NEEDS, VALUES, events_for, shows


PAGE = "/s/arthur-2/ledger"
WEB = Path(__file__).resolve().parents[3] / "src/provident/web"


@pytest.fixture
def happened(study, clock):
    """A function that records one event of the study."""

    def event(action, **more):
        with transaction.atomic():
            thing = action.partition(".")[0]
            return record(clock=clock, by=Actor(name="somebody", role="reader"), study=study.slug, action=action,
                          **{"thing": thing, "thing_id": "7", **more})  # fmt: skip

    return event


def actions_in_code():
    found = set()
    for path in WEB.rglob("*.py"):
        found |= set(re.findall(r'action="([a-z_]+)\.[a-z_]+"', path.read_text()))
        found |= set(re.findall(r'_event\(\s*"([a-z_]+)\.[a-z_]+"', path.read_text()))
    return found


def test_every_kind_of_event_has_its_place_in_the_blinding():
    assert actions_in_code() <= set(NEEDS)
    assert set(VALUES) <= set(NEEDS)


def test_an_action_without_words_is_read_from_its_name():
    assert said("exam.turned_round") == "turned round the exam"


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, "nothing"), ({}, "nothing"), (0, "0"), (False, "no"), ("not_done", "not done"), ("2.25.1_x", "2.25.1_x"),
     ({"take_part": True, "ai": False}, "take part: yes, ai: no"), (["a", "b"], "a, b")],
)  # fmt: skip
def test_values_in_words(given, expected):
    assert expected == value(given)


def test_what_a_trial_manager_sees_of_a_read(as_member, make_member, happened):
    happened("read.signed", new={"answers": {"bones.capitate.ero": 3}})

    text = as_member(make_member("trial_manager")).get(PAGE).text

    assert "signed a read" in text
    assert "not for your eyes yet" in text
    assert "capitate" not in text


def test_a_site_does_not_learn_of_reads_nor_of_other_sites(
    as_member, make_member, happened
):
    happened("read.signed", site="leeds")
    happened("slot.booked", site="leeds", participant="L-101")
    happened("slot.booked", site="york", participant="Y-101")

    text = as_member(make_member("site", "leeds")).get(PAGE).text

    assert "signed a read" not in text
    assert "L-101" in text
    assert "Y-101" not in text


def test_a_statistician_sees_scores_once_the_study_is_locked(make_member, study, clock):
    member = make_member("statistician")
    assert not shows(member)("read.signed", "answers")

    study.locked_at = clock.now()
    study.save()
    member.study.refresh_from_db()

    assert shows(member)("read.signed", "answers")
    assert not shows(member)("study.unblinded", "arm")


def test_an_event_of_no_known_kind_is_shown_to_nobody(make_member, happened):
    happened("secret.opened")

    for role in ("trial_manager", "qc", "statistician", "monitor"):
        assert not events_for(make_member(role)).filter(action="secret.opened").exists()


def test_no_role_sees_values_of_a_class_that_it_is_blind_to(make_member):
    for role in Role:
        member = make_member(role.value, "leeds" if role is Role.SITE else "")
        seen = visible(member, Thing.EVENT)

        assert shows(member)("slot.booked", "booked_on") == (Field.DATE in seen)
        assert shows(member)("read.signed", "answers") == (
            {Field.READER, Field.SCORE} <= seen
        )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("participant=L-101", 2), ("participant=L-999", 0), ("actor=somebody&thing=slot", 1), ("action=query.opened", 1),
        ("thing=slot&thing_id=7", 1), ("from=2026-11-24&thing=slot", 1), ("from=2026-11-25", 0),
        ("to=2026-11-23", 0), ("from=nonsense&thing=query", 1),
    ],
)  # fmt: skip
def test_filters_live_in_the_address(as_member, make_member, happened, query, expected):
    happened(
        "slot.booked",
        participant="L-101",
        site="leeds",
        old={"booked_on": None},
        new={"booked_on": date(2026, 3, 1)},
    )
    happened("query.opened", participant="L-101", site="leeds", reason="echo time")

    text = as_member(make_member("qc")).get(f"{PAGE}?{query}").text

    assert expected == len(re.findall(r'id="event-\d+"', text))


def test_the_csv_holds_what_the_page_shows(as_member, make_member, happened):
    happened("query.opened", participant="L-101", reason="=cmd()")

    text = (
        as_member(make_member("qc"))
        .get(f"{PAGE}?participant=L-101&format=csv")
        .content.decode("utf-8-sig")
    )

    header, row = text.strip().split("\r\n")
    assert header.startswith("Number,Time (UTC),Who")
    assert "'=cmd()" in row


def test_verifying_a_whole_chain(as_member, make_member, happened):
    happened("slot.booked")

    assert "The chain holds" in as_member(make_member("qc")).post(f"{PAGE}/verify").text


def test_verifying_a_broken_chain_says_where_and_what_to_do(
    as_member, make_member, happened
):
    client = as_member(make_member("qc"))
    number = happened("slot.booked").number
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_event_no_update")
        else:
            cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_event SET actor = 'nobody' WHERE number = %s", [number]
        )

    text = client.post(f"{PAGE}/verify").text

    assert "The chain does not hold" in text
    assert f"Event {number}: was changed after it was written" in text


def test_an_empty_view_teaches(as_member, make_member):
    text = as_member(make_member("qc")).get(f"{PAGE}?actor=nobody").text

    assert "No event fits" in text
