"""An algorithm as a reader: its output becomes signed reads, whole or not at all, and never over another."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from provident.kernel import Denied, InvalidInput
from provident.kernel.ids import new_uid, sha256
from provident.web.ledger.models import Event
from provident.web.reading import actions
from provident.web.reading.actions.software import take_output
from provident.web.reading.models import Assignment, FinalValue, OutputFile, Read
from tests.web.conftest import ROOT, small_image


pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
HEAD = "participant,visit,version,highest_score,marks_above_threshold\n"


@pytest.fixture
def plan_files():
    folder = ROOT / "plans/ai-reader"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}  # fmt: skip


@pytest.fixture
def case(study, clock, by, make_member):
    """A case of the design `standalone`, given to the algorithm's reader."""
    from provident.web.exams.models import Exam, Series
    from provident.web.exams.objects import object_store
    from provident.web.participants.actions import enrol
    from provident.web.reading import copies, selectors
    from provident.web.studies.plans import plan_in_force

    consent = dict.fromkeys(plan_in_force(study).consent.options, True)
    person = enrol(site=study.sites.get(code="north"), anchor_on=date(2026, 3, 2), consent=consent, by=by, clock=clock)  # fmt: skip
    slot = person.slots.get(visit="scan", exam_kind="chest_ct")
    slot.state = "accepted"
    slot.save()
    exam = Exam.objects.create(
        study=study, participant=person, slot=slot, uid=new_uid(), kind="chest_ct", visit="scan", state="accepted",
        acquired_on=slot.opens_on + timedelta(days=1), outcome="pass", first_received_at=clock.now(),
        decided_at=clock.now(),
    )  # fmt: skip
    data, uid = small_image(1, 0.0), new_uid()
    object_store().create(f"test/{uid}/1.dcm", data)
    manifest = json.dumps({"instances": [{"sop_uid": "1", "key": f"test/{uid}/1.dcm"}]}).encode()  # fmt: skip
    object_store().create(f"test/{uid}/manifest.json", manifest)
    Series.objects.create(
        exam=exam, uid=uid, modality="CT", role="thin", instances=1, manifest_version=1,
        manifest_key=f"test/{uid}/manifest.json", manifest_sha256=sha256(manifest),
    )  # fmt: skip
    made = next(c for c in actions.prepare_cases(exam=exam, clock=clock) if c.design == "standalone")  # fmt: skip
    rows = [copies.make(row) for row in selectors.case_series(made)]
    return actions.store_copies(case=made, copies=rows, clock=clock)


@pytest.fixture
def manager(make_member):
    return make_member("trial_manager", username="dm")


@pytest.fixture
def software(study, manager, make_member, clock):
    """The algorithm's reader, with the evidence that the plan asks of it."""
    from provident.web.readers import actions as readers

    reader = make_member("reader", username="software")
    reader.plan_role = "algorithm"
    reader.save()
    plan = readers._known_design(reader, "standalone")
    form = plan.reading["standalone"].form
    asked = readers.demands(plan.reading["standalone"], plan.people, "algorithm", form)
    ticks = [readers.Tick(kind=str(d.kind), name=d.name, says="certificate 1", on=date(2026, 11, 1)) for d in asked]  # fmt: skip
    readers.tick(reader=reader, design="standalone", ticks=ticks, password=PASSWORD, by=manager, clock=clock)  # fmt: skip
    return reader


@pytest.fixture
def given(case, software, study, manager, clock):
    actions.draw(study=study, endpoint="standalone", by=manager, clock=clock, seed=3)
    return case


@pytest.fixture
def bring(manager, clock):
    def make(text, **more):
        values = {"endpoint": "standalone", "name": "out.csv", "data": text.encode(), "password": PASSWORD, "by": manager, "clock": clock}  # fmt: skip
        return take_output(**{**values, **more})

    return make


def row(case, visit="scan", version="1.0.0", score="71.5", marks="2"):
    return f"{case.participant.code},{visit},{version},{score},{marks}\n"


def refused(bring, text, **more):
    with pytest.raises(InvalidInput) as error:
        bring(text, **more)
    return [(f.code, str(f.where)) for f in error.value.findings]


def test_an_output_becomes_a_signed_read_and_a_final_value(given, bring, manager):
    text = HEAD + row(given)
    made = bring(text)

    read = Read.objects.get()
    assert read.answers == {"scan": {"version": "v1_0_0", "highest": 71.5, "marks": 2}}
    assert (read.signature.user, read.display["version"]) == (manager.user, "1.0.0")
    assert (read.from_output.output, read.from_output.place) == (made, "out.csv:2")
    assert (made.sha256, made.algorithm) == (sha256(text.encode()), "Nodule software")
    assert FinalValue.objects.get(case=given, variable="highest").value == 71.5
    event = Event.objects.get(action="read.imported")
    assert event.thing_id == str(read.assignment_id)


def test_the_same_output_again_changes_nothing(given, bring):
    first = bring(HEAD + row(given))

    assert bring(HEAD + row(given)) == first
    again = bring(HEAD + row(given) + "\n")  # another file, the same output
    assert (Read.objects.count(), again.reads, again.same) == (1, 0, 1)


def test_the_same_version_with_another_output_is_refused(given, bring):
    bring(HEAD + row(given))

    assert refused(bring, HEAD + row(given, score="12")) == [("AI.ANOTHER_OUTPUT", "out.csv:2")]  # fmt: skip
    assert Read.objects.get().answers["scan"]["highest"] == 71.5


def test_another_version_is_refused_until_the_plan_says_it(given, bring):
    assert refused(bring, HEAD + row(given, version="1.1.0")) == [("AI.VERSION", "out.csv:2")]  # fmt: skip
    assert not OutputFile.objects.exists()


def test_a_version_of_an_amended_plan_is_another_occasion_that_is_never_analysed(given, bring, study, by, clock, plan_files):  # fmt: skip
    from provident.web.reading import analysis
    from provident.web.studies.actions import load_plan

    bring(HEAD + row(given))
    name = "reading/standalone.yaml"
    files = {**plan_files, name: plan_files[name].replace(b'version: "1.0.0"', b'version: "1.1.0"')}  # fmt: skip
    files["study.yaml"] = files["study.yaml"].replace(b'version: "0.1"', b'version: "0.2"')  # fmt: skip
    load_plan(files=files, by=by, clock=clock, reason="a new version of the software")

    bring(HEAD + row(given, version="1.1.0", score="12"))

    assert [a.occasion for a in Assignment.objects.order_by("occasion")] == [1, 2]
    assert [r.answers["scan"]["highest"] for r in analysis.reads(study)] == [71.5]
    assert FinalValue.objects.get(case=given, variable="highest").value == 71.5


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"score": "much"}, "AI.VALUE", "out.csv:2:4"),
        ({"score": ""}, "AI.VALUE", "out.csv:2:4"),
        ({"score": "120"}, "AI.VALUE", "out.csv:2"),
        ({"marks": "1.5"}, "AI.VALUE", "out.csv:2:5"),
        ({"visit": "follow_up"}, "AI.NO_CASE", "out.csv:2"),
        ({"version": ""}, "AI.VERSION", "out.csv:2"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(given, bring, change, code, place):
    assert refused(bring, HEAD + row(given, **change)) == [(code, place)]
    assert not Read.objects.exists()


def test_one_wrong_row_and_nothing_of_the_file_is_taken(given, bring):
    stranger = f"N999,scan,1.0.0,1,1\n{row(given)}"

    assert refused(bring, HEAD + stranger) == [("AI.NO_CASE", "out.csv:2")]
    assert not Read.objects.exists()


def test_a_missing_code_is_an_answer(given, bring):
    bring(HEAD + row(given, score="rj", marks="rj"))

    assert Read.objects.get().answers["scan"]["highest"] == "rj"


def test_a_case_that_stands_twice_is_refused(given, bring):
    assert ("AI.TWICE", "out.csv:3") in refused(bring, HEAD + row(given) + row(given))


def test_a_case_that_nobody_gave_to_the_algorithm_is_refused(case, bring):
    assert refused(bring, HEAD + row(case)) == [("AI.NOT_GIVEN", "out.csv:2")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "AI.COLUMN"), ("a,b\n1,2\n", "AI.COLUMN"), (HEAD, "AI.FILE"), ("\udc80", "AI.FILE")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(given, bring, text, code):
    data = text.encode("utf-8", "surrogatepass")

    assert {c for c, _ in refused(bring, "", data=data)} == {code}


def test_people_who_read_bring_nothing(given, bring, manager):
    with pytest.raises(InvalidInput, match="read by people"):
        bring(HEAD + row(given), endpoint="unaided")


def test_the_password_and_the_role_count(given, bring, make_member):
    with pytest.raises(Denied):
        bring(HEAD + row(given), password="wrong")
    with pytest.raises(Denied):
        bring(HEAD + row(given), by=make_member("monitor", username="mo"))
    assert not Read.objects.exists()


def test_an_algorithm_that_is_held_reads_nothing(given, bring):
    from provident.web.readers.models import Qualification

    Qualification.objects.all().delete()

    assert refused(bring, HEAD + row(given)) == [("AI.HELD", "out.csv:2")]


def test_the_read_goes_out_as_a_report_of_the_algorithm_once_the_study_is_locked(given, bring, make_member, clock):  # fmt: skip
    from provident.adapters.sr_import import read_report
    from provident.web.reports.structured import reports
    from provident.web.studies.actions import mark_locked

    bring(HEAD + row(given))
    statistician = make_member("statistician", username="stat")
    with pytest.raises(Denied, match="until the study is locked"):
        list(reports(statistician))
    mark_locked(study=statistician.study, clock=clock)

    ((name, data),) = reports(statistician)

    assert name == f"{given.participant.code}-standalone-scan-primary-1-v1.dcm"
    report = read_report(data)
    assert ("Nodule software", "1.0.0") in report.algorithms
    assert [i.value for i in report.root.named("99PROVIDENT highest")] == [71.5]
