"""A site that waits in its pilot stage enrols and books again by review, or by a signed decision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provident.kernel import Denied, InvalidInput, NotReady, Refused
from provident.web.ledger.selectors import events
from provident.web.participants.actions import book, enrol
from provident.web.people.actions import actor
from provident.web.qc import actions, gates, selectors
from provident.web.studies.plans import plan_in_force


PASSWORD = "correct horse battery"


@pytest.fixture
def qc(make_member):
    """Who decides about exams."""
    return make_member("qc")


@pytest.fixture
def waits(arrive):
    """The first two exams of the site are here and nobody looked at them."""
    arrive(), arrive()


@pytest.fixture
def both(monkeypatch, study):
    """The plan holds enrolment too."""
    of = plan_in_force(study)
    pilot = of.quality.pilot.model_copy(update={"holds": ("booking", "enrolment")})
    other = replace(of, quality=of.quality.model_copy(update={"pilot": pilot}))
    monkeypatch.setattr(gates, "plan_in_force", lambda _: other)


def enrolled(site, by, clock):
    consent = dict.fromkeys(plan_in_force(site.study).consent.options, True)
    return enrol(site=site, anchor_on=clock.now().date(), consent=consent, by=by, clock=clock)  # fmt: skip


def release(site, by, clock, **changes):
    told = {"reason": "Both seen on the console with the site", "password": PASSWORD}
    return actions.release_pilot(site=site, by=by, clock=clock, **{**told, **changes})


def test_enrolment_waits_where_the_plan_says_so(waits, both, site, by, clock):
    with pytest.raises(Refused, match="enrolled again when quality control"):
        enrolled(site, by, clock)


def test_enrolment_goes_on_where_the_plan_holds_bookings_alone(waits, site, by, clock):
    assert enrolled(site, by, clock).code


def test_a_signed_decision_lets_the_site_go_on(waits, both, site, participant, qc, by, clock):  # fmt: skip
    release(site, qc, clock)

    slot = participant.slots.filter(exam_kind="hands_mri").first()
    book(slot=slot, on=slot.opens_on, by=by, clock=clock)
    enrolled(site, by, clock)
    stage = selectors.pilot_of(site, plan_in_force(site.study))
    (event,) = events(site.study.slug).filter(action="site.pilot_released")

    assert (stage.over, stage.holds) == (True, False)
    assert "Both seen on the console" in stage.words
    assert event.actor == actor(qc).name


@pytest.mark.parametrize(
    ("changes", "error"), [({"reason": " "}, InvalidInput), ({"password": "no"}, Denied)]
)  # fmt: skip
def test_it_needs_a_reason_and_a_signature(waits, site, qc, clock, changes, error):
    with pytest.raises(error):
        release(site, qc, clock, **changes)


def test_a_site_that_does_not_wait_needs_no_decision(site, qc, clock):
    with pytest.raises(NotReady, match="does not wait"):
        release(site, qc, clock)


def test_only_who_may_accept_exams_decides(waits, site, make_member, clock):
    with pytest.raises(Denied):
        release(site, make_member("trial_manager"), clock)


def test_it_is_signed_on_the_page(waits, site, qc, as_member):
    client = as_member(qc)
    page = f"/s/{site.study.slug}/quality"
    link = f"{page}/pilot/{site.pk}"

    assert link in client.get(f"{page}/indicators").content.decode()
    wrong = client.post(link, {"reason": "x", "password": "no"})
    done = client.post(link, {"reason": "seen", "password": PASSWORD})
    after = client.get(link)

    assert (wrong.status_code, done.status_code, after.status_code) == (422, 302, 200)
    assert "ended by a signed decision" in after.content.decode()
