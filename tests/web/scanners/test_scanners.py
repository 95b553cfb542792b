"""A change holds reads until its bridging check is signed; bookings wait for accreditation; the register shows it all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident.kernel import Refused
from provident.web.exams.models import Exam
from provident.web.ledger.selectors import events
from provident.web.participants.actions import book
from provident.web.reading.actions import prepare_cases
from provident.web.reading.models import Case
from provident.web.scanners.holds import held
from provident.web.scanners.models import Accreditation, PhantomScan
from provident.web.sites.actions import observe_scanner


PASSWORD = "correct horse battery"
S = "/s/arthur-2"


@pytest.fixture
def exam(make_exam, participant, scanner):
    """An accepted exam of L-101 on mr_l1 at week 24 (read with its baseline)."""
    made = [make_exam(participant, visit) for visit in ("baseline", "week24")]
    Exam.objects.update(scanner=scanner)
    made[-1].refresh_from_db()
    return made[-1]


@pytest.fixture
def changed(exam, scanner, by, clock):
    """The software of mr_l1 changed with the exam of week 24."""
    for uid, version in (("1.2", "XA60"), (exam.uid, "XA61")):
        made = observe_scanner(scanner=scanner, observed={"software": version}, exam_uid=uid, by=by, clock=clock)  # fmt: skip
    return made[0]


def phantom_of(scanner, day, clock, by_whom, state="accepted"):
    from provident.web.people.actions import sign

    signature = sign(membership=by_whom, password=PASSWORD, meaning="I accept this phantom scan", thing="phantom",
                     thing_id="1", content={}, clock=clock)  # fmt: skip
    return PhantomScan.objects.create(
        study=scanner.site.study, scanner=scanner, phantom="acr_mri", acquired_on=day, content=f"{day}", state=state,
        sent_at=clock.now(), sent_by="setup", decided_at=clock.now(), decided_by="qc", signature=signature,
    )  # fmt: skip


def test_cases_of_exams_after_a_change_are_not_prepared(changed, exam, clock):
    assert "mr_l1 changed (software)" in held(exam)
    assert prepare_cases(exam=exam, clock=clock) == []
    assert not Case.objects.exists()


def test_exams_before_the_change_and_of_other_scanners_go_on(changed, exam, clock):
    earlier = exam.participant.exams.get(visit="baseline")

    assert held(earlier) == ""
    exam.scanner = None
    assert held(exam) == ""


def test_without_a_change_the_case_is_prepared(exam, clock):
    assert len(prepare_cases(exam=exam, clock=clock)) >= 1


def test_where_the_plan_holds_nothing_nothing_waits(changed, exam, monkeypatch):
    from provident.web.scanners import holds

    monkeypatch.setattr(holds, "holds_reads", lambda plan: False)

    assert held(exam) == ""


def release(client, change, outcome="phantom within limits", password=PASSWORD):
    told = {"outcome": outcome, "password": password}
    return client.post(f"{S}/scanners/changes/{change.pk}", told, follow=True)


def test_a_release_waits_for_the_phantom_that_the_plan_names(as_member, make_member, changed, exam, scanner, clock, study):  # fmt: skip
    qc = make_member("qc")
    client = as_member(qc)
    phantom_of(
        scanner, exam.acquired_on - timedelta(days=3), clock, qc
    )  # before the change

    refused = release(client, changed)

    assert refused.status_code == 422
    assert "acr_mri has to be scanned after" in refused.text
    assert held(exam)


def test_a_signed_release_lets_the_reads_go_on(as_member, make_member, changed, exam, scanner, clock, study, monkeypatch):  # fmt: skip
    from provident.web.scanners import actions

    asked = []
    monkeypatch.setattr(actions, "enqueue", lambda path, pk: asked.append((path, pk)))
    qc = make_member("qc")
    client = as_member(qc)
    phantom_of(scanner, exam.acquired_on + timedelta(days=3), clock, qc)

    assert "not your password" in release(client, changed, password="x").text
    assert "Say what the bridging check showed" in release(client, changed, outcome=" ").text  # fmt: skip
    assert "mr_l1 is released" in release(client, changed).text
    changed.refresh_from_db()
    assert (changed.closed_by, changed.outcome) == ("qc", "phantom within limits")
    assert asked == [("provident.web.reading.tasks.exam_accepted", exam.pk)]
    assert held(exam) == ""
    assert prepare_cases(exam=exam, clock=clock)
    event = next(e for e in reversed(list(events(study.slug))) if e.action == "scanner.change_accepted")  # fmt: skip
    assert event.content["facts"]["new"] == ["software"]
    assert release(client, changed).status_code == 404  # it waits no more


def test_a_change_waits_on_the_register_and_at_home(as_member, make_member, changed):
    client = as_member(make_member("qc"))

    assert "software XA60 → XA61" in client.get(f"{S}/").text
    text = client.get(f"{S}/scanners").text
    assert "The reads of its exams are not prepared." in text
    assert "acr_mri has to be scanned and accepted" in text
    page = client.get(f"{S}/scanners/{changed.scanner_id}").text
    assert "Suspended: the scanner changed (software)" in page


@pytest.mark.parametrize(("role", "where"), [("site", "leeds"), ("monitor", ""), ("trial_manager", "")])  # fmt: skip
def test_nobody_else_releases(as_member, make_member, changed, role, where):
    assert release(as_member(make_member(role, where)), changed).status_code == 403


def test_the_register_says_what_ends_and_what_takes_over(as_member, make_member, study, clock):  # fmt: skip
    text = as_member(make_member("trial_manager")).get(f"{S}/scanners").text

    assert "mr_b1" in text
    assert "end of life on 31 Oct 2027" in text
    assert "then mr_b2" in text
    assert "from 2027-08" in text


def test_a_site_sees_its_own_scanners_alone(as_member, make_member, study):
    client = as_member(make_member("site", "york"))
    text = client.get(f"{S}/scanners").text
    other = study.sites.get(code="leeds").scanners.first()

    assert "mr_y1" in text
    assert "mr_l1" not in text
    assert client.get(f"{S}/scanners/{other.pk}").status_code == 404
    assert client.get(f"{S}/scanners/{other.pk}/phantoms/acr_mri").status_code == 404


# -- accreditation and bookings


@pytest.fixture
def slot(participant):
    """The hands MRI of L-101 at baseline."""
    return participant.slots.get(visit="baseline", exam_kind="hands_mri")


def test_an_accredited_scanner_lets_an_exam_be_booked(slot, by, clock):
    assert book(slot=slot, on=slot.opens_on, by=by, clock=clock).state == "booked"


def test_without_accreditation_it_is_refused_with_what_would_allow_it(slot, by, clock, scanner):  # fmt: skip
    Accreditation.objects.filter(scanner=scanner).delete()

    with pytest.raises(Refused, match=r"Leeds has no accredited scanner for it.*mr_l1: Applied for; it needs phantom, volunteer scan"):  # fmt: skip
        book(slot=slot, on=slot.opens_on, by=by, clock=clock)


def test_an_accreditation_that_is_over_refuses_the_day_and_not_the_one_before(slot, by, scanner, clock):  # fmt: skip
    row = Accreditation.objects.get(scanner=scanner)
    until = slot.opens_on + timedelta(days=2)
    row.steps[0]["evidence"][0]["day"] = (until - timedelta(days=730)).isoformat()
    row.steps[0]["day"] = "2025-01-01"
    row.save()

    with pytest.raises(Refused, match="Expired on"):
        book(slot=slot, on=until + timedelta(days=2), by=by, clock=clock)
    assert book(slot=slot, on=slot.opens_on, by=by, clock=clock).state == "booked"


def test_what_can_be_shown_by_nothing_gates_nothing(participant, by, clock):
    Accreditation.objects.all().delete()
    xray = participant.slots.filter(exam_kind__contains="xray").first()

    assert book(slot=xray, on=xray.opens_on, by=by, clock=clock).state == "booked"


def test_a_change_suspends_and_a_booking_waits(slot, by, clock, scanner):
    for uid, version in (("1.2", "XA60"), ("1.3", "XA61")):
        observe_scanner(scanner=scanner, observed={"software": version}, exam_uid=uid, by=by, clock=clock)  # fmt: skip

    with pytest.raises(Refused, match=r"Suspended: the scanner changed \(software\)"):
        book(slot=slot, on=slot.closes_on, by=by, clock=clock)


def test_the_trial_manager_overrules_with_a_reason_for_one_day(as_member, make_member, slot, by, clock, scanner, study):  # fmt: skip
    Accreditation.objects.filter(scanner=scanner).delete()
    client = as_member(make_member("trial_manager"))
    page, on = f"{S}/scanners/bookings/{slot.pk}", slot.opens_on

    assert "no accredited scanner" in client.get(page).text
    assert client.post(page, {"on": on.isoformat(), "reason": " "}).status_code == 422
    assert "may be booked" in client.post(page, {"on": on.isoformat(), "reason": "only slot before the window closes"}, follow=True).text  # fmt: skip

    assert book(slot=slot, on=on, by=by, clock=clock).state == "booked"
    with pytest.raises(Refused):
        book(slot=slot, on=on + timedelta(days=1), by=by, clock=clock)
    event = next(e for e in events(study.slug) if e.action == "slot.gate_overruled")
    assert event.content["reason"] == "only slot before the window closes"


def test_nothing_is_overruled_where_nothing_stands_in_the_way(as_member, make_member, slot):  # fmt: skip
    client = as_member(make_member("trial_manager"))

    answer = client.post(f"{S}/scanners/bookings/{slot.pk}", {"on": slot.opens_on.isoformat(), "reason": "why"})  # fmt: skip

    assert answer.status_code == 422
    assert "Nothing has to be overruled" in answer.text


@pytest.mark.parametrize(("role", "where"), [("site", "leeds"), ("qc", ""), ("monitor", "")])  # fmt: skip
def test_nobody_else_overrules(as_member, make_member, slot, role, where):
    client = as_member(make_member(role, where))

    assert client.post(f"{S}/scanners/bookings/{slot.pk}", {"on": "2026-03-01", "reason": "x"}).status_code == 403  # fmt: skip


def step(client, scanner, to, reason="", password=PASSWORD):
    told = {"do": "step", "protocol": "", "to": to, "reason": reason, "password": password}  # fmt: skip
    return client.post(f"{S}/scanners/{scanner.pk}", told, follow=True)


def test_a_scanner_is_accredited_on_a_phantom_and_a_volunteer(as_member, make_member, scanner, clock, study):  # fmt: skip
    Accreditation.objects.filter(scanner=scanner).delete()
    qc = make_member("qc")
    client = as_member(qc)
    page = f"{S}/scanners/{scanner.pk}"

    assert "phantom, volunteer scan is missing" in step(client, scanner, "accredited").text  # fmt: skip
    phantom_of(scanner, date(2026, 11, 2), clock, qc)
    told = {"do": "evidence", "need": "volunteer_scan", "day": "2026-11-03", "words": "all series as in the manual"}  # fmt: skip
    assert "The evidence is recorded" in client.post(page, told, follow=True).text
    assert "not your password" in step(client, scanner, "accredited", password="x").text
    assert "Accredited until 2028-11" in step(client, scanner, "accredited").text
    assert "Say why" in step(client, scanner, "suspended").text
    assert "Suspended: artefact" in step(client, scanner, "suspended", "artefact").text
    assert "cannot become applied" in step(client, scanner, "applied").text
    assert "scanner.suspended" in [e.action for e in events(study.slug)]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"need": "volunteer_scan", "day": "2027-01-01", "words": "x"}, "after today"),
        ({"need": "quiz", "day": "2026-11-03", "words": "x"}, "valid choice"),
        ({"need": "volunteer_scan", "day": "2026-11-03", "words": " "}, "Say what it showed"),
    ],
)  # fmt: skip
def test_evidence_that_does_not_fit_is_refused(as_member, make_member, scanner, told, says):  # fmt: skip
    client = as_member(make_member("qc"))

    answer = client.post(f"{S}/scanners/{scanner.pk}", {"do": "evidence", **told})

    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize(("role", "where"), [("site", "leeds"), ("monitor", ""), ("trial_manager", "")])  # fmt: skip
def test_nobody_else_accredits(as_member, make_member, scanner, role, where):
    assert step(as_member(make_member(role, where)), scanner, "accredited").status_code == 403  # fmt: skip


def test_an_overdue_phantom_waits_for_the_site(as_member, make_member, site, clock):
    site.activated_at = clock.now() - timedelta(days=60)
    site.save()
    client = as_member(make_member("site", "leeds"))

    assert "Phantoms overdue" in client.get(f"{S}/").text
    assert "overdue" in client.get(f"{S}/phantoms").text


def test_a_new_scan_of_the_changed_scanner_answers_the_change(as_member, make_member, changed, scanner, images, exam):  # fmt: skip
    from tests.web.scanners.test_phantoms import post_images

    client = as_member(make_member("site", "leeds"))

    post_images(client, scanner, images(exam.acquired_on, software="XA61"))

    assert PhantomScan.objects.get().change == changed
