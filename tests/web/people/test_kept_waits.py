"""What waits for a person is reckoned once while nothing happens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.web.ledger.models import Event
from provident.web.people import kept_waits
from provident.web.ui.waits import Wait


pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_member):
    return {"tm": make_member("trial_manager"), "qc": make_member("qc")}


@pytest.fixture
def reckoned(monkeypatch):
    """The times for which it was reckoned."""
    times = []

    def reckon(of, now):
        times.append(now)
        return [Wait(place="home", count=len(times), words="things", href="/")]

    monkeypatch.setattr(kept_waits, "waits", reckon)
    return times


def test_it_is_kept_while_nothing_happens(people, clock, reckoned):
    first = kept_waits.kept_waits(people["tm"], clock.now())
    again = kept_waits.kept_waits(people["tm"], clock.now())

    assert first == again
    assert len(reckoned) == 1


def test_each_person_has_their_own(people, clock, reckoned):
    kept_waits.kept_waits(people["tm"], clock.now())
    kept_waits.kept_waits(people["qc"], clock.now())

    assert len(reckoned) == 2


def test_an_event_of_the_study_ends_it(people, study, clock, reckoned):
    kept_waits.kept_waits(people["tm"], clock.now())
    newest = Event.objects.filter(study=study.slug).order_by("-number").first()
    Event.objects.create(
        study=study.slug, number=(newest.number if newest else 0) + 1, at=clock.now(), actor="x", action="a", thing="t",
        thing_id="1", previous="", hash="f" * 64,
    )  # fmt: skip

    assert kept_waits.kept_waits(people["tm"], clock.now())[0].count == 2


def test_another_study_s_event_does_not(people, clock, reckoned):
    kept_waits.kept_waits(people["tm"], clock.now())
    Event.objects.create(
        study="elsewhere", number=1, at=clock.now(), actor="x", action="a", thing="t", thing_id="1", previous="", hash="e" * 64,
    )  # fmt: skip
    kept_waits.kept_waits(people["tm"], clock.now())

    assert len(reckoned) == 1


def test_the_next_minute_and_a_few_seconds_end_it(people, clock, reckoned, monkeypatch):
    kept_waits.kept_waits(people["tm"], clock.now())
    kept_waits.kept_waits(people["tm"], clock.now() + timedelta(minutes=1))
    assert len(reckoned) == 2

    monkeypatch.setattr(kept_waits, "KEPT_FOR", 0.0)
    kept_waits.kept_waits(people["tm"], clock.now() + timedelta(minutes=1))
    assert len(reckoned) == 3
