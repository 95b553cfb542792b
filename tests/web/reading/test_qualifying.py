"""A reader qualifies: the data manager brings a set, the reader reads it in the room, the plan's conditions decide."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import pytest

from provident.forms.entries import synthetic_answers
from provident.kernel import InvalidInput, NotReady
from provident.web.ledger.models import Event
from provident.web.readers import selectors as readers
from provident.web.reading import actions, analysis, copies, selectors, set_selectors
from provident.web.reading.designs import designs, labels
from provident.web.reading.models import Attempt, Case, TestSet
from provident.web.reading.set_files import read_set
from tests.web.conftest import small_image


ENDPOINT = "synovitis_change"
PASSWORD = "correct horse battery"
KEY = b"k" * 32


@pytest.fixture
def plan_files(plan_files):
    """The demo plan with a test set of three cases."""
    name = "reading/synovitis.yaml"
    text = plan_files[name].decode()
    assert text.count("set: 20 cases") == 1
    return {**plan_files, name: text.replace("set: 20 cases", "set: 3 cases").encode()}


@pytest.fixture
def design(study):
    return designs(study)[ENDPOINT]


def answers_of(design, seed):
    return synthetic_answers(design.form, np.random.default_rng(seed), missing=0, gate_open=1)  # fmt: skip


@pytest.fixture
def reference(design):
    return {f"T{n}": {v: answers_of(design, 10 * n + i) for i, v in enumerate(design.visits)} for n in range(3)}  # fmt: skip


def table(design, reference):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["case", "visit", *design.form.fields])
    writer.writeheader()
    for case, visits in reference.items():
        for visit, answers in visits.items():
            writer.writerow({"case": case, "visit": visit, **answers})
    return out.getvalue().encode()


def image(removed="YES"):
    from pydicom import dcmread

    ds = dcmread(io.BytesIO(small_image(1, 3.3)))
    ds.PatientIdentityRemoved = removed
    out = io.BytesIO()
    ds.save_as(out)
    return out.getvalue()


def archive(design, cases, data=None, leave=()):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for case in cases:
            for visit in design.visits:
                for role in design.show:
                    if (case, visit, role) not in leave:
                        made.writestr(f"set/{case}/{visit}/{role}/1.dcm", data or image())  # fmt: skip
    out.seek(0)
    return out


def faults(design, zipped, text):
    with pytest.raises(InvalidInput) as refused:
        read_set(design, zipped, text, least=3, key=KEY)
    return [f"{f.where.uid}: {f.message}" for f in refused.value.findings]


class TestFiles:
    def test_what_fits_is_taken_as_reading_copies(self, design, reference):
        taken = read_set(design, archive(design, reference), table(design, reference), least=3, key=KEY)  # fmt: skip

        assert taken.reference == reference
        (one, *_) = taken.series["T0"]
        assert (one.visit, one.role) == (design.visits[0], sorted(design.show)[0])
        assert b"L-101" not in one.images[0]

    def test_too_few_cases(self, design, reference):
        del reference["T2"]
        assert "2 cases, the plan asks for 3" in faults(design, archive(design, reference), table(design, reference))[0]  # fmt: skip

    def test_a_case_without_images_and_images_without_a_case(self, design, reference):
        found = faults(design, archive(design, ["T0", "T1", "T9"]), table(design, reference))  # fmt: skip
        assert found == ["T2: The case has no images.", "T9: The case has no reference answers."]  # fmt: skip

    def test_a_series_that_is_not_there(self, design, reference):
        gone = ("T1", design.visits[1], design.show[0])
        assert faults(design, archive(design, reference, leave=[gone]), table(design, reference)) == [
            f"T1: There is no image in {gone[1]}/{gone[2]}."
        ]  # fmt: skip

    def test_images_that_are_not_de_identified(self, design, reference):
        found = faults(design, archive(design, reference, data=image("NO")), table(design, reference))  # fmt: skip
        assert "does not say that it is de-identified" in found[0]

    def test_no_dicom_no_zip_no_text(self, design, reference):
        text = table(design, reference)
        assert "no DICOM" in faults(design, archive(design, reference, data=b"x"), text)[0]  # fmt: skip
        assert "no ZIP" in faults(design, io.BytesIO(b"x"), text)[0]
        assert "no text" in faults(design, archive(design, reference), b"\xff\xfe")[0]
        assert "no columns case" in faults(design, archive(design, reference), b"a,b\n")[0]  # fmt: skip

    def test_answers_are_checked_against_the_form(self, design, reference):
        key = next(k for k, f in design.form.fields.items() if f.grid)
        reference["T0"][design.visits[0]][key] = 99
        assert "line 2" in faults(design, archive(design, reference), table(design, reference))[0]  # fmt: skip

    def test_a_visit_twice_and_one_that_is_none(self, design, reference):
        text = table(design, reference)
        lines = text.splitlines(keepends=True)
        assert "stands in the table twice" in faults(design, archive(design, reference), text + lines[1])[0]  # fmt: skip
        other = lines[1].replace(design.visits[0].encode(), b"week99", 1)
        assert "no visit of the design" in faults(design, archive(design, reference), text + other)[0]  # fmt: skip


@pytest.fixture
def test_set(design, reference, make_member, study, clock):
    manager = make_member("trial_manager", username="dm")
    taken = read_set(design, archive(design, reference), table(design, reference), least=3, key=KEY)  # fmt: skip
    kept = actions.keep_images(study.slug, taken)
    origin = actions.Origin(name="pilot", came_from="three cases of the pilot")
    return actions.import_set(endpoint=ENDPOINT, origin=origin, taken=taken, kept=kept, by=manager, clock=clock)  # fmt: skip


@pytest.fixture
def ana(make_member):
    return make_member("reader", username="ana", qualified=False)


@pytest.fixture
def begin(test_set, ana, clock):
    """A function that begins an attempt whose copies are made."""

    def act():
        made = actions.begin_attempt(endpoint=ENDPOINT, by=ana, clock=clock, seed=4)
        for case in Case.objects.filter(attempt=made):
            rows = [copies.make(row) for row in selectors.case_series(case)]
            actions.store_copies(case=case, copies=rows, clock=clock)
        return made

    return act


@pytest.fixture
def read_all(ana, clock, reference, design):
    """A function (attempt, wrong=False) that reads and signs every case, and has it judged and told."""
    from provident.web.readers.actions import record_attempt

    def act(attempt, wrong=False):
        for number, a in enumerate(set_selectors.places(attempt)):
            actions.open_case(assignment=a, by=ana, clock=clock)
            answers = {
                f"{label}:{k}": v
                for label, visit in labels(a)
                for k, v in (answers_of(design, 900 + number) if wrong else reference[a.case.test_case.name][visit]).items()
            }  # fmt: skip
            actions.submit(assignment=a, saved={"answers": answers, "measurements": [], "version": 0},
                           password=PASSWORD, by=ana, clock=clock)  # fmt: skip
        row = actions.end_attempt(attempt=attempt, clock=clock)
        for _ in range(2):  # a job may run twice
            record_attempt(reader=ana, design=ENDPOINT, passed=row.state == "passed", form=row.test_set.form,
                           result={**row.result, "attempt": row.pk}, clock=clock)  # fmt: skip
        return row

    return act


def test_who_agrees_with_the_reference_may_read(begin, read_all, ana, study):
    attempt = begin()
    assert not readers.standing(ana, ENDPOINT).may_read

    row = read_all(attempt)

    assert row.state == Attempt.State.PASSED
    assert [c["met"] for c in row.result["conditions"]] == [True, None, True]
    assert readers.standing(ana, ENDPOINT).may_read
    assert Event.objects.filter(action="reader.tested").count() == 1
    assert not analysis.reads(study).exists()


def test_who_does_not_agree_fails_until_no_attempt_is_left(begin, read_all, ana):
    first = read_all(begin(), wrong=True)
    assert first.state == Attempt.State.FAILED
    assert not set_selectors.may_see_reference(
        first
    )  # feedback after pass or last attempt
    second = read_all(begin(), wrong=True)

    assert "all 2 attempts were used" in readers.standing(ana, ENDPOINT).why
    assert set_selectors.may_see_reference(second)
    with pytest.raises(NotReady, match="All attempts"):
        begin()


def test_one_attempt_at_a_time(begin):
    begin()
    with pytest.raises(NotReady, match="finish it first"):
        begin()


def test_without_a_set_nobody_begins(ana, clock, study):
    with pytest.raises(NotReady, match="no test set"):
        actions.begin_attempt(endpoint=ENDPOINT, by=ana, clock=clock)


def test_an_attempt_that_is_not_done_is_not_judged(begin, clock):
    assert actions.end_attempt(attempt=begin(), clock=clock).state == Attempt.State.RUNNING  # fmt: skip


def test_a_set_of_that_name_is_there(test_set, design, reference, clock):
    taken = read_set(design, archive(design, reference), table(design, reference), least=3, key=KEY)  # fmt: skip
    with pytest.raises(InvalidInput, match="already"):
        actions.import_set(endpoint=ENDPOINT, origin=actions.Origin(name="pilot", came_from="x"), taken=taken,
                           kept={}, by=TestSet.objects.get().by, clock=clock)  # fmt: skip


def test_the_reader_sees_neither_reference_nor_other_attempts(begin, ana, as_member, make_member):  # fmt: skip
    attempt = begin()
    client = as_member(ana)
    page = client.get(f"/s/arthur-2/reading/qualification/{attempt.pk}")
    assert page.status_code == 200
    assert "reference" not in page.text.lower()
    token = set_selectors.places(attempt)[0].token
    case = client.get(f"/read/api/case/{token}")
    assert case.status_code == 200
    assert case.json()["answers"] == {}
    assert client.get("/s/arthur-2/reading").text.count("/read/room/") == 0

    other = as_member(make_member("reader", username="ben", qualified=False))
    assert other.get(f"/s/arthur-2/reading/qualification/{attempt.pk}").status_code == 404  # fmt: skip


def test_the_pages_of_the_data_manager(test_set, as_member, design, reference):
    client = as_member(test_set.by)
    address = f"/s/arthur-2/readers/sets/{ENDPOINT}"
    page = client.get(address).text
    assert "three cases of the pilot" in page
    assert "Smallest detectable change" in page

    zipped = archive(design, reference)
    zipped.name = "set.zip"
    text = io.BytesIO(table(design, {"T0": reference["T0"]}))
    text.name = "reference.csv"
    answer = client.post(address, {"name": "b", "came_from": "x", "archive": zipped, "table": text})  # fmt: skip
    assert answer.status_code == 422
    assert "1 cases, the plan asks for 3" in answer.text
    assert TestSet.objects.count() == 1

    zipped, text = archive(design, reference), io.BytesIO(table(design, reference))
    zipped.name, text.name = "set.zip", "reference.csv"
    answer = client.post(address, {"name": "b", "came_from": "x", "archive": zipped, "table": text})  # fmt: skip
    assert answer.status_code == 302
    test_set.refresh_from_db()
    assert test_set.retired_at


def test_a_reader_may_not_see_a_set(test_set, ana, as_member):
    assert as_member(ana).get(f"/s/arthur-2/readers/sets/{ENDPOINT}").status_code == 403
