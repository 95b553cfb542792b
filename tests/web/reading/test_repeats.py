"""A hidden repeat on the platform: drawn, copied, placed, read, and never told from any other case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provident.kernel import FixedClock
from provident.reading import CaseState, ReadState
from provident.web.reading import actions, analysis, copies, selectors
from provident.web.reading.models import Assignment, Case, Draw, FinalValue


ENDPOINT = "synovitis_change"
PASSWORD = "correct horse battery"


@pytest.fixture
def later(clock):
    """A function days -> a clock so many days on."""
    return lambda days: FixedClock(clock.now() + timedelta(days=days))


@pytest.fixture
def sign(people, answers_for):
    """A function (assignment, clock, score at week 24) that reads and signs it."""

    def act(assignment, at, score=1):
        by = assignment.reader
        actions.open_case(assignment=assignment, by=by, clock=at)
        scores = dict.fromkeys(assignment.case.visits, 1) | {"week24": score}
        saved = {"answers": answers_for(assignment, scores), "measurements": [], "version": 0}  # fmt: skip
        return actions.submit(assignment=assignment, saved=saved, password=PASSWORD, by=by, clock=at)  # fmt: skip

    return act


@pytest.fixture
def all_of_them(drawn, clock, by):
    """The plan asks for a repeat of every read."""
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import version_in_force

    version = version_in_force(drawn.study)
    files = {k: v.encode() for k, v in version.files.items()}
    name = "reading/synovitis.yaml"
    text = files[name].decode()
    assert text.count("share: 10 %") == 1
    files[name] = text.replace("share: 10 %", "share: 100 %").encode()
    told = files["study.yaml"].decode()
    assert told.count('version: "1.4"') == 1
    files["study.yaml"] = told.replace('version: "1.4"', 'version: "1.5"').encode()
    load_plan(files=files, by=by, clock=FixedClock(clock.now() + timedelta(minutes=1)))
    return drawn


@pytest.fixture
def repeat(all_of_them, people, sign, study, clock, later):
    """Ana has signed the case, its washout has passed, a repeat is drawn and copied."""
    first = all_of_them.assignments.get(reader=people["ana"])
    sign(first, clock)
    assert actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(27)) is None
    made = actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(28), seed=5)
    assert made.kind == Draw.Kind.REPEATS
    case = Case.objects.get(purpose="repeat")
    rows = [copies.make(row) for row in selectors.case_series(case)]
    actions.store_copies(case=case, copies=rows, clock=later(28))
    return first, Assignment.objects.get(case=case)


def test_it_is_drawn_once(repeat, study, later):
    assert actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(60)) is None
    assert Case.objects.filter(purpose="repeat").count() == 1


def test_it_shares_no_name_with_the_first_read(repeat):
    first, again = repeat
    names = [
        {image["name"] for row in a.case.series.all() for image in row.copy}
        for a in repeat
    ]
    uids = [uids_of(a.case) for a in repeat]

    assert names[0]
    assert not names[0] & names[1]
    assert uids[0]
    assert not uids[0] & uids[1]
    assert first.token != again.token
    assert (first.occasion, again.occasion) == (1, 2)


def uids_of(case):
    import io

    from provident import dicom
    from provident.web.exams.objects import object_store

    found = set()
    for row in case.series.all():
        for image in row.copy:
            header = dicom.read_header(io.BytesIO(object_store().read(image["key"])))
            found |= {str(header.SOPInstanceUID), str(header.SeriesInstanceUID), str(header.StudyInstanceUID)}  # fmt: skip
    return found


def test_its_reader_gets_the_same_kind_of_json(repeat, people, as_member):
    client = as_member(people["ana"])
    one, two = (client.get(f"/read/api/case/{a.token}").json() for a in repeat)

    own = {"token", "timepoints", "number", "answers", "version", "phase", "active_seconds", "minutes_left", "layout", "measurements", "may_report"}  # fmt: skip
    assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in two.items() if k not in own}  # fmt: skip
    assert one.keys() == two.keys()
    assert "repeat" not in str(two).lower()
    page = client.get("/s/arthur-2/reading").text
    assert "repeat" not in page.lower()
    assert "occasion" not in page.lower()


def test_signed_it_yields_nothing_for_the_analysis(repeat, people, sign, study, clock, later):  # fmt: skip
    first, again = repeat
    sign(first.case.assignments.get(reader=people["ben"]), clock)
    before = list(FinalValue.objects.order_by("pk").values("variable", "value", "reads"))  # fmt: skip
    read = sign(again, later(30), score=3)

    assert read not in analysis.reads(study)
    again.case.refresh_from_db()
    assert (again.case.state, again.state) == (CaseState.FINAL, ReadState.SUBMITTED)
    assert before
    assert before == list(FinalValue.objects.order_by("pk").values("variable", "value", "reads"))  # fmt: skip
    first.case.refresh_from_db()
    assert first.case.state == CaseState.FINAL


def test_after_the_closing_day_none_is_drawn(all_of_them, people, sign, study, clock, later):  # fmt: skip
    from provident.web.studies.plans import plan_in_force

    sign(all_of_them.assignments.get(reader=people["ana"]), clock)
    lock = plan_in_force(study).study.milestones.data_lock
    days = (lock - timedelta(days=84) - clock.now().date()).days

    assert actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(days + 1)) is None  # fmt: skip
    assert actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(days))


def test_who_has_left_reads_nothing_again(all_of_them, people, sign, study, clock, later, by):  # fmt: skip
    from provident.web.people.actions import end_role

    sign(all_of_them.assignments.get(reader=people["ana"]), clock)
    end_role(membership=people["ana"], by=by, clock=clock, reason="left")

    assert actions.draw_repeats(study=study, endpoint=ENDPOINT, clock=later(30)) is None
