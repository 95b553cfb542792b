"""Agreement and accuracy of a study's reads: for the statistician, after the lock, by arm after the unblinding."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from provident.web.ledger.models import Event
from provident.web.participants.models import Participant
from tests.web.reports.read_cases import DESIGN, Reads


pytestmark = pytest.mark.django_db
AGREEMENT, ACCURACY = "/s/arthur-2/data/agreement", "/s/arthur-2/data/accuracy"
OF = f"?design={DESIGN}"


@pytest.fixture
def page(as_member, make_member):
    """A function (address) -> the statistician's answer."""
    client = as_member(make_member("statistician", username="stat"))
    return lambda address: client.get(address)


@pytest.fixture
def made(study, site, clock, make_member):
    """What makes cases and reads."""
    roles = {"ana": "reader", "ben": "reader", "ada": "adjudicator"}
    people = {name: make_member(role, username=name) for name, role in roles.items()}
    return Reads(study, site, clock, people)


@pytest.fixture
def read(made):
    """Twelve cases by two readers, the last two adjudicated against ben."""
    cases = []
    for number in range(12):
        against = "ben" if number > 9 else None
        ben = number % 5 + (3 if against else number % 2)
        cases.append(made.case(number, {"ana": number % 5, "ben": ben}, against))
    return cases


@pytest.fixture
def repeated(made, read):
    """Ana read three of the cases again, unknowingly."""
    for number, source in enumerate(read[:3]):
        made.again(source, "ana", number + 1, number)


@pytest.fixture
def lock(study, clock):
    """A function: lock the study, and unblind it with these arms."""

    def make(**arms):
        study.locked_at = clock.now()
        study.unblinded_at = clock.now() if arms else None
        study.save()
        for code, arm in arms.items():
            Participant.objects.filter(code=code.replace("_", "-")).update(arm=arm)

    return make


def figures_of(answer):
    return json.loads(answer.content)["sections"]


@pytest.mark.parametrize("role", ["trial_manager", "qc", "monitor", "reader"])
def test_it_is_the_statisticians_page(role, study, as_member, make_member):
    client = as_member(make_member(role))

    assert client.get(AGREEMENT).status_code == 403
    assert client.get(f"{AGREEMENT}.json").status_code == 403


def test_before_the_lock_no_score_is_there(page, read):
    shown = page(AGREEMENT + OF)

    assert shown.status_code == 200
    assert "once the imaging data are locked" in shown.text
    assert "<svg" not in shown.text.split("<main")[1]
    for form in ("html", "pdf", "json", "zip"):
        refused = page(f"{AGREEMENT}.{form}{OF}")
        assert refused.status_code == 409
        assert b"week24" not in refused.content


def test_after_the_lock_agreement_is_shown_with_figures_and_tables(page, read, lock):
    lock()
    shown = page(AGREEMENT + OF).text

    assert "agreement of readers" in shown
    for words in ("Agreement beyond chance", "ana against ben", "Readers and the adjudicator", "as a table"):  # fmt: skip
        assert words in shown
    assert "<svg" in shown
    assert 'style="' not in shown.split("<main")[1]


def test_it_rests_on_the_first_reads_alone(page, repeated, lock):
    lock()
    sections = figures_of(page(f"{AGREEMENT}.json{OF}"))
    compared = {r["reader"]: r["cases"] for r in sections[0]["tables"][0]["rows"]}
    again = next(s for s in sections if s["heading"] == "The same reader again")

    assert compared == {"ana": 12, "ben": 12}
    assert {row["n"] for row in again["tables"][0]["rows"]} == {3}


def test_readers_are_shown_as_the_adjudication_left_them(page, read, lock):
    lock()
    *_, readers = figures_of(page(f"{AGREEMENT}.json{OF}"))
    rows = {r["reader"]: r["overruled"] for r in readers["tables"][0]["rows"]}

    assert rows == {"ana": 0, "ben": 2}


def test_who_withdrew_from_use_is_left_out(page, read, lock, study):
    from provident.web.studies.plans import plan_in_force

    lock()
    plan = plan_in_force(study)
    gone = next(
        name
        for name, kind in plan.consent.withdrawal.items()
        if not str(kind.derived).startswith("keep")
    )
    Participant.objects.filter(code="L-900").update(withdrawal=gone)
    document = json.loads(page(f"{AGREEMENT}.json{OF}").content)

    assert document["sections"][0]["tables"][0]["rows"][0]["cases"] == 11
    assert "1 participants who withdrew" in document["about"][-1]
    assert "L-900" not in json.dumps(document)


def test_by_arm_there_is_an_answer_only_after_the_unblinding(page, read, lock):
    lock()

    assert "Arm" not in page(AGREEMENT + OF).text.split("<main")[1]
    assert page(f"{AGREEMENT}{OF}&arm=active").status_code == 400
    lock(**{f"L_{900 + n}": "active" if n < 6 else "placebo" for n in range(12)})
    shown = page(f"{AGREEMENT}{OF}&arm=active")
    rows = figures_of(page(f"{AGREEMENT}.json{OF}&arm=active"))[0]["tables"][0]["rows"]

    assert shown.status_code == 200
    assert rows[0]["cases"] == 6
    assert "Readers and the adjudicator" not in shown.text  # of all arms together
    assert Event.objects.filter(action="report.seen").count() == 1


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("html", b"<!doctype html>"),
        ("pdf", b"%PDF-1.7"),
        ("json", b"{"),
        ("zip", b"PK"),
    ],
)
def test_it_can_be_kept_and_that_is_recorded(page, read, lock, form, begins):
    lock()
    answer = page(f"{AGREEMENT}.{form}{OF}")

    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f'arthur-2-agreement.{form}"' in answer["Content-Disposition"]
    assert Event.objects.filter(action="report.fetched").count() == 1


def test_the_tables_are_csv(page, read, lock):
    lock()
    archive = zipfile.ZipFile(io.BytesIO(page(f"{AGREEMENT}.zip{OF}").content))
    name = next(n for n in archive.namelist() if "what-was-compared" in n)
    rows = list(csv.DictReader(io.StringIO(archive.read(name).decode())))

    assert [r["reader"] for r in rows] == ["ana", "ben"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?design=nothing", "There is no design"),
        ("?variable=synovitis_chang", "did you mean"),
        ("?visit=week99", "There is no visit"),
    ],
)
def test_what_there_is_not_is_said(page, read, lock, query, words):
    lock()
    answer = page(AGREEMENT + query)

    assert answer.status_code == 400
    assert words in answer.text


def test_another_form_is_not_found(page, read, lock):
    lock()

    assert page(f"{AGREEMENT}.docx{OF}").status_code == 404


def test_nothing_to_compare_is_said_on_the_page(page, study, lock):
    lock()

    assert "There is no signed read with this value" in page(AGREEMENT).text


# -- accuracy


@pytest.fixture
def reference(read, study, clock):
    """A panel's final values: disease in every second participant."""
    from provident.web.reading.models import Case, FinalValue

    for number, who in enumerate(Participant.objects.filter(code__startswith="L-9")):
        case = Case.objects.create(
            study=study, design="erosion_change", plan_version="1", participant=who, key=who.code, visits=["baseline"],
            state="final", created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        FinalValue.objects.create(
            case=case, visit="baseline", variable="erosion_total", value=4 * (number % 2), rule="panel", reads=[],
            at=clock.now(),
        )  # fmt: skip


TRUTH = f"?index={DESIGN}&reference=erosion_change&truth=erosion_total&diseased=3"


def test_accuracy_waits_for_the_lock_too(page, reference):
    assert "once the imaging data are locked" in page(ACCURACY).text
    assert page(f"{ACCURACY}.json{TRUTH}").status_code == 409


def test_accuracy_asks_for_the_reference_first(page, reference, lock):
    lock()

    assert "Choose the design that is the reference" in page(ACCURACY).text


def test_accuracy_against_the_reference(page, reference, lock):
    lock()
    shown = page(ACCURACY + TRUTH).text
    sections = figures_of(page(f"{ACCURACY}.json{TRUTH}&threshold=2"))

    assert "ROC curves" in shown
    assert "12 cases (6 with disease, 6 without)" in sections[0]["words"][0]
    assert [s["heading"] for s in sections if s["heading"] == "Sensitivity"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"{TRUTH}&threshold=high", "threshold is a number"),
        (f"{TRUTH}x&reference=nothing", "There is no reference"),
        ("?index=nothing", "There is no index"),
        (f"{TRUTH}&truth=nothing", "There is no truth"),
    ],
)
def test_what_cannot_be_compared_is_said(page, reference, lock, query, words):
    lock()

    assert words in page(ACCURACY + query).text


def test_a_reference_with_one_truth_is_said_on_the_page(page, reference, lock):
    lock()

    assert "no case has the truth 1" in page(f"{ACCURACY}{TRUTH}9").text
