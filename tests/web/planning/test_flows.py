"""Nothing is taken in over an untested or ended flow: it waits at the gateway, and passes by itself later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident.kernel import Denied, InvalidInput, NotReady, Refused
from provident.plan import content_hash
from provident.web.ledger.models import Event
from provident.web.planning import actions
from provident.web.planning.flows import FlowClosed, closed_for
from provident.web.planning.models import FlowException, HeldTransfer
from provident.web.planning.waits import waits
from provident.web.studies.models import PlanVersion
from provident.web.studies.plans import as_bytes, version_in_force


TODAY = date(2026, 11, 24)
UNTESTED = (", tested: {on: 2026-01-20, evidence: T2}}", "}")
ENDED = ("until: 2029-12-31", "until: 2026-11-23")
MANIFEST = "a" * 64


@pytest.fixture
def closed(study, clock):
    """A function (old, new) -> the plan with flows.yaml changed, in force."""

    def make(old: str, new: str) -> PlanVersion:
        now = version_in_force(study)
        assert old in now.files["flows.yaml"]
        files = {
            **now.files,
            "flows.yaml": now.files["flows.yaml"].replace(old, new, 1),
        }
        digest = content_hash({n: as_bytes(t) for n, t in files.items()})
        return PlanVersion.objects.create(
            study=study, version=f"{now.version}.1", hash=digest, files=files, loaded_at=clock.now(), in_force_from=clock.now(),
        )  # fmt: skip

    return make


@pytest.fixture
def announce(site, clock):
    def go(manifest: str = MANIFEST) -> None:
        actions.pass_or_hold(
            site=site, manifest_sha256=manifest, instances=48, clock=clock
        )

    return go


def test_over_a_tested_and_agreed_flow_images_pass_and_nothing_is_noted(announce):
    announce()

    assert not HeldTransfer.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (UNTESTED, 'The flow "send" has not been tested'),
        ((UNTESTED[0], UNTESTED[0].replace("2026-01-20", "2026-12-01")), "is planned for 1 December 2026"),
        (ENDED, 'The agreement "site_agreement", which the flow "send" needs, ended on 23 November 2026'),
    ],
)  # fmt: skip
def test_a_transfer_over_a_closed_flow_waits_with_words(
    change, says, closed, announce, clock
):
    closed(*change)
    for _ in range(3):  # a gateway tries again and again
        with pytest.raises(FlowClosed, match=says) as refused:
            announce()

    assert (
        refused.value.http_status == 503
    )  # the gateway keeps the images and comes back
    assert "The images wait at the gateway of Leeds" in str(refused.value)
    assert HeldTransfer.objects.get().instances == 48
    assert Event.objects.filter(action="flow.held").count() == 1


def test_it_passes_by_itself_once_the_trial_manager_lets_it(
    closed, announce, manager, clock
):
    closed(*UNTESTED)
    with pytest.raises(FlowClosed):
        announce()

    actions.let_pass(
        flow="send",
        reason="test on Friday; sponsor agrees",
        until=TODAY,
        by=manager,
        clock=clock,
    )
    announce()
    announce()

    assert HeldTransfer.objects.get().passed_at == clock.now()
    assert list(
        Event.objects.filter(thing="flow")
        .order_by("number")
        .values_list("action", flat=True)
    ) == ["flow.held", "flow.let_pass", "flow.passed"]


def test_an_exception_ends_with_its_day_or_when_it_is_ended(
    closed, study, manager, clock
):
    closed(*UNTESTED)
    made = actions.let_pass(
        flow="send", reason="x", until=TODAY, by=manager, clock=clock
    )

    assert closed_for(study, TODAY) is None
    assert closed_for(study, TODAY + timedelta(days=1)) is not None
    actions.end_exception(exception=made, by=manager, clock=clock)
    assert closed_for(study, TODAY) is not None
    with pytest.raises(NotReady, match="ended already"):
        actions.end_exception(exception=made, by=manager, clock=clock)


@pytest.mark.parametrize(
    ("who", "flow", "reason", "until", "error", "says"),
    [
        ("qc", "send", "x", TODAY, Denied, "may not load"),
        ("trial_manager", "send", " ", TODAY, InvalidInput, "Say why"),
        ("trial_manager", "send", "x", TODAY - timedelta(days=1), InvalidInput, "to 60 days ahead"),
        ("trial_manager", "send", "x", TODAY + timedelta(days=61), InvalidInput, "to 60 days ahead"),
        ("trial_manager", "read", "x", TODAY, NotReady, "not closed"),
    ],
)  # fmt: skip
def test_exceptions_that_are_refused(
    who, flow, reason, until, error, says, closed, make_member, clock
):
    closed(*UNTESTED)
    with pytest.raises(error, match=says):
        actions.let_pass(
            flow=flow, reason=reason, until=until, by=make_member(who), clock=clock
        )

    assert not FlowException.objects.exists()


def test_home_tells_the_trial_manager_and_the_site_that_waits(
    closed, announce, manager, make_member, clock
):
    closed(*UNTESTED)
    with pytest.raises(FlowClosed):
        announce()

    def told(member):
        return [(w.words, w.count) for w in waits(member, clock.now()) if w.count]

    assert (
        told(manager)
        == told(make_member("site", "leeds"))
        == [("Transfers held: the flow is closed", 1)]
    )
    assert told(make_member("site", "york")) == [("The flow of images is closed", 1)]
    assert told(make_member("reader")) == []


def test_a_site_is_not_opened_over_a_closed_flow_without_a_reason(
    closed, study, clock, by
):
    from provident.web.sites.actions import activate

    closed(*ENDED)
    site = study.sites.get(code="york")
    site.activated_at = None
    site.save()

    with pytest.raises(Refused, match="The agreement"):
        activate(site=site, by=by, clock=clock, reason="survey accepted")
    activate(
        site=site,
        by=by,
        clock=clock,
        reason="survey accepted",
        waiver="renewed tomorrow",
    )
    site.refresh_from_db()

    assert site.activated_at is not None


def test_the_page_tells_why_and_lets_pass(
    closed, announce, manager, as_member, make_member
):
    closed(*UNTESTED)
    with pytest.raises(FlowClosed):
        announce()
    client, page = as_member(manager), "/s/arthur-2/plan/flow/closed"

    before = client.get(page).text
    wrong = client.post(page, {"reason": "", "until": ""})
    from provident.web.ledger.clock import clock as platform_clock

    right = client.post(
        page,
        {
            "reason": "sponsor agrees",
            "until": platform_clock().now().date().isoformat(),
        },
    )
    after = client.get(page).text

    assert "has not been tested" in before
    assert "Leeds" in before
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "Choose a day." in wrong.text
    assert "sponsor agrees" in after
    client.post(f"{page}/{FlowException.objects.get().pk}/end")
    assert "has not been tested" in client.get(page).text
    assert (
        as_member(make_member("site", "leeds"))
        .post(page, {"reason": "x", "until": "2030-01-01"})
        .status_code
        == 403
    )


def test_a_plan_without_flows_has_no_gate(closed, study):
    now = version_in_force(study)
    files = {n: as_bytes(t) for n, t in now.files.items() if n != "flows.yaml"}
    from provident import plan
    from provident.programme.flow_gate import closed_flows

    assert closed_flows(plan.load_files(files).require(), TODAY) == ()
