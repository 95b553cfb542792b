"""A draft of the plan judges what is stored before it is in force; decided exams keep their version."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.kernel import Denied
from provident.kernel.ids import new_uid
from provident.web.exams.models import Exam, Preview, Series
from provident.web.ledger.selectors import events
from tests.spec.acquisition import scans


title = "Amendments and stored exams"


@pytest.fixture
def manager(make_member):
    """The trial manager."""
    return make_member("trial_manager")


@pytest.fixture
def stored(participant, clock):
    """A function (visit, **values of all images) -> a judged exam with facts, by the plan in force."""
    from provident.web.exams.tasks import rejudge_exam

    def make(visit: str = "baseline", state: str = "judged", **values) -> Exam:
        slot = participant.slots.get(visit=visit, exam_kind="hands_mri")
        exam = Exam.objects.create(
            study=participant.study, participant=participant, slot=slot, uid=new_uid(), kind="hands_mri", visit=visit,
            acquired_on=slot.opens_on + timedelta(days=1), state="judged", announced=72, received=72,
            first_received_at=clock.now(), complete_at=clock.now(),
        )  # fmt: skip
        hands = scans.hands(slices=24)
        for images in hands.values():
            for image in images:
                for keyword, value in values.items():
                    setattr(image, keyword, value)
        for n, facts in enumerate(scans.facts(*hands.values())):
            Series.objects.create(exam=exam, uid=facts.uid, number=n, modality="MR", instances=24, facts=facts.as_json())  # fmt: skip
        rejudge_exam(str(exam.pk))
        Exam.objects.filter(pk=exam.pk).update(state=state)
        exam.refresh_from_db()
        return exam

    return make


@pytest.fixture
def draft(manager, clock):
    """A function (edit of the MRI manual) -> an amendment in draft, version 2."""
    from provident import plan
    from provident.web.planning.actions.amendments import draft as take

    def make(old: str, new: str):
        files = dict(plan.template_files("arthritis-demo"))
        manual = files["imaging/hands-mri.yaml"].decode()
        assert old in manual
        files["imaging/hands-mri.yaml"] = manual.replace(old, new).encode()
        study = files["study.yaml"].decode()
        version = next(x for x in study.splitlines() if x.startswith("version:"))
        files["study.yaml"] = study.replace(version, 'version: "99.0"').encode()
        return take(files=files, why="other limits", by=manager, clock=clock)  # fmt: skip

    return make


def judged_ahead(amendment, by, clock) -> Preview:
    from provident.web.exams.actions import ask_for_preview
    from provident.web.exams.tasks import judge_by_draft

    row = ask_for_preview(
        version=amendment.version, content=amendment.hash, files=amendment.files, by=by, clock=clock
    )  # fmt: skip
    judge_by_draft(str(row.pk))
    row.refresh_from_db()
    return row


def test_what_would_change_is_listed_and_nothing_changes(stored, draft, manager, clock):
    exam = stored()
    before = (exam.outcome, exam.plan.version)
    row = judged_ahead(draft("TR: 400..700 ms", "TR: 400..500 ms"), manager, clock)  # fmt: skip
    exam.refresh_from_db()

    assert before[0] == "pass", exam.verdict["sentence"]
    assert (exam.outcome, exam.plan.version) == before
    assert (row.exams, [(e["before"], e["after"], e["new"]) for e in row.effects]) == (
        1,
        [("pass", "fail", ["QC.TR"])],
    )
    assert [(g["site"], g["moves"]) for g in row.groups] == [
        ("leeds", [["pass", "fail", 1]])
    ]


def test_a_plan_that_asks_for_the_same_changes_no_exam(stored, draft, manager, clock):
    stored()
    row = judged_ahead(draft("minutes: 35", "minutes: 36"), manager, clock)  # fmt: skip

    assert (row.exams, row.effects) == (1, [])


def test_a_waiver_of_the_draft_holds_at_its_site(stored, draft, manager, clock):
    stored(RepetitionTime=900)
    waiver = "waived: [{rule: cor_t1.TR, site: leeds, why: old protocol, by: physicist, on: 2026-11-01}]\nowner: radiographer"
    row = judged_ahead(draft("owner: radiographer", waiver), manager, clock)  # fmt: skip

    assert [(e["before"], e["after"], e["gone"]) for e in row.effects] == [
        ("fail", "pass", ["QC.TR"])
    ]


def test_a_later_exam_is_compared_with_the_participants_first(
    stored, draft, manager, clock
):
    stored()
    later = stored("week24", ReceiveCoilName="Body_18")
    row = judged_ahead(draft("[field, coil,", "[field,"), manager, clock)  # fmt: skip

    assert [(e["key"], e["gone"]) for e in row.effects] == [
        (str(later.pk), ["QC.BASELINE_DIFFERS"])
    ]


def test_the_pages_list_drafts_and_changes_with_links(
    stored, draft, manager, as_member, clock
):
    exam = stored()
    amendment = draft("TR: 400..700 ms", "TR: 400..500 ms")
    client = as_member(manager)
    empty = client.get("/s/arthur-2/plan/rejudging")
    asked = client.post(f"/s/arthur-2/plan/rejudging/by/{amendment.pk}")
    judged_ahead(amendment, manager, clock)
    page = client.get(asked["Location"])

    assert "not judged yet" in empty.text
    assert "1 exam gets a worse verdict" in page.text
    assert f"/s/arthur-2/exams/{exam.pk}" in page.text
    assert "No exam changes" in client.get(asked["Location"], {"site": "york"}).text
    assert "1 exam judged" in client.get("/s/arthur-2/plan/rejudging").text


def test_undecided_exams_are_judged_by_the_version_in_force_and_decided_ones_keep_theirs(
    stored, manager, as_member, clock, by
):
    from provident import plan
    from provident.web.exams.tasks import rejudge_exam
    from provident.web.studies.actions import load_plan

    waits, accepted = stored(), stored("week24", state="accepted")
    files = dict(plan.template_files("arthritis-demo"))
    study = files["study.yaml"].decode()
    version = next(x for x in study.splitlines() if x.startswith("version:"))
    files["study.yaml"] = study.replace(version, 'version: "99.0"').encode()
    load_plan(files=files, by=by, clock=clock)
    client = as_member(manager)

    assert "1 exam waits" in client.get("/s/arthur-2/plan/rejudging").text
    client.post("/s/arthur-2/plan/rejudging/undecided")
    rejudge_exam(str(waits.pk))
    waits.refresh_from_db()
    accepted.refresh_from_db()
    assert waits.plan.version == "99.0"
    assert accepted.plan.version != "99.0"
    assert "amendment.rejudged" in {e.action for e in events("arthur-2")}


def test_only_who_may_load_a_plan_has_exams_judged_again(make_member, clock):
    from provident.web.exams.actions import rejudge

    with pytest.raises(Denied):
        rejudge(exams=[], by=make_member("qc"), clock=clock)


@pytest.mark.parametrize(
    ("role", "status"),
    [("trial_manager", 200), ("qc", 200), ("monitor", 200), ("reader", 403), ("statistician", 403)],
)  # fmt: skip
def test_who_may_see_it(role, status, make_member, as_member):
    client = as_member(make_member(role))

    assert client.get("/s/arthur-2/plan/rejudging").status_code == status
    assert client.get("/s/arthur-2/plan/rejudging/99").status_code in (404, 403)
