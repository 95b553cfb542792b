"""Every plan that ships is a whole study: it checks clean, makes its documents, and can be rehearsed."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from provident import plan, programme
from provident.cli.main import build
from provident.forms import acceptance_test, evaluate_series
from provident.kernel import Severity
from provident.programme import reads
from provident.programme.check import NOT_ANSWERED
from provident.programme.documents import KINDS, Request, document
from provident.programme.manuals import manuals
from provident.reading import Case, draw_order


title = "Templates"

BARRIERS = "recruitment.barriers"
TO_SETTLE = "OPEN.TO_SETTLE"
OPEN = {
    "arthritis-demo": frozenset(),
    "start": frozenset({BARRIERS, "economics.costing", "economics.outcomes"}),
}
"""The subdomains that a template leaves to the team. Of the others, only what patients said to it: nobody
may invent that."""

TEMPLATES = plan.templates()
EACH = pytest.mark.parametrize("name", TEMPLATES)


@pytest.fixture(scope="module")
def loaded_once():
    """Each template, loaded and checked one time."""
    known = {}

    def get(name):
        if name not in known:
            loaded = plan.load_files(plan.template_files(name))
            known[name] = loaded, programme.check_plan(loaded)
        return known[name]

    return get


@pytest.fixture(scope="module")
def run():
    app = build()
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


def left_to_the_team(name):
    return OPEN.get(name, frozenset({BARRIERS}))


@EACH
def test_it_is_clean_but_for_what_only_the_team_can_know(loaded_once, name):
    _, report = loaded_once(name)
    found = [
        f"{f.where} {f.code} {f.message}"
        for f in report.findings
        if f.code not in (NOT_ANSWERED, TO_SETTLE)
    ]

    assert found == []
    assert report.exit_code == 0


@EACH
def test_each_subdomain_is_answered_waived_with_a_reason_or_listed(loaded_once, name):
    loaded, report = loaded_once(name)
    listed = {f.subdomain for f in report.findings if f.code == NOT_ANSWERED}
    states = {str(s) for n, s in report.coverage.items() if n not in listed}

    assert len(report.coverage) == 39
    assert listed <= left_to_the_team(name)
    assert states <= {"answered", "waived"}
    assert all(len(w.why) > 20 for w in loaded.require().study.waived)


@EACH
def test_new_starts_a_study_from_it(run, tmp_path, name):
    made = run("new", tmp_path / "study", "--like", name)

    assert made.exit_code == 0, made.output
    loaded = plan.load(tmp_path / "study")
    assert (
        loaded.require().study
        == plan.load_files(plan.template_files(name)).require().study
    )


@EACH
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_document_is_made(loaded_once, name, kind):
    loaded, report = loaded_once(name)
    whole = loaded.require()
    read = sorted({d.exam for d in whole.reading.values()})
    for exam in ["", *(read if "exam" in KINDS[kind].takes else [])]:
        made = document(
            kind, Request(loaded=loaded, findings=report.findings, exam=exam)
        )
        assert made.sections
        assert made.hash == whole.hash


@EACH
def test_each_visit_expects_its_scans_and_each_manual_judges(loaded_once, name):
    whole = loaded_once(name)[0].require()
    expected = {
        (visit, exam)
        for visit, stated in whole.study.visits.items()
        for exam in stated.imaging
    }
    slots = programme.slots_for(whole)

    assert {(s.visit, s.exam) for s in slots} == expected
    assert set(manuals(whole)) == {exam for _, exam in expected}


@EACH
def test_each_form_passes_its_acceptance_test(loaded_once, name):
    whole = loaded_once(name)[0].require()
    problems = {
        key: [f.message for f in found]
        for key in whole.forms
        if (
            found := acceptance_test(
                reads.form(whole, key), np.random.default_rng(1), entries=8
            )
        )
    }

    assert problems == {}


@EACH
def test_the_order_of_each_read_design_can_be_drawn(loaded_once, name):
    whole = loaded_once(name)[0].require()
    for endpoint, design in programme.read_designs(whole).items():
        readers = [f"r{i}" for i in range(whole.people.roles[design.pool].people)]
        cases = some_cases(whole, whole.reading[endpoint])
        order = draw_order(design, cases, readers, seed=1)

        seats = {(p.case, p.seat) for p in order.placed if p.occasion == 1}
        assert len(seats) == len(cases) * design.primaries, endpoint
        assert order == draw_order(design, cases, readers, seed=1)


def some_cases(whole, file):
    """Cases of 30 participants, spread over the sites."""
    sites = sorted(whole.sites.sites)
    per_case = (
        [file.visits] if file.unit == "participant" else [(v,) for v in file.visits]
    )
    return [
        Case(
            id=f"c{n}-{i}",
            participant=f"P{n:03}",
            visits=tuple(visits),
            strata={
                "site": sites[n % len(sites)],
                "visit": visits[0],
                "scanner": sites[n % len(sites)],
            },
        )
        for n in range(30)
        for i, visits in enumerate(per_case)
    ]


@EACH
def test_every_figure_says_where_it_comes_from(loaded_once, name):
    """Minutes of reads, parameters of models and prices have a source, even if it is the team's to set."""
    whole = loaded_once(name)[0].require()
    without = [
        *(e for e, d in whole.reading.items() if not (d.minutes and d.minutes.source)),
        *(
            f"{m}.{p}"
            for m, model in whole.economics.items()
            for p, stated in model.parameters.items()
            if not stated.src
        ),
    ]
    severe = [f for f in loaded_once(name)[1].findings if f.severity is Severity.ERROR]

    assert (without, severe) == ([], [])


def test_the_score_at_the_scan_is_hidden_from_blind_readers_but_not_from_the_panel():
    files = plan.template_files("mre-us-accuracy")
    form = files["forms/us_segments.yaml"].decode()
    shown = form.replace("hidden_from: [mre_reader, ", "hidden_from: [")
    assert shown != form
    report = programme.check_plan(
        plan.load_files({**files, "forms/us_segments.yaml": shown.encode()})
    )
    messages = [
        f.message for f in report.findings if f.code == "READ.SCAN_SCORE_VISIBLE"
    ]

    assert messages == [
        "mre_reader could see the score of bowel_us that is given at the scan"
    ]


@pytest.mark.parametrize(
    ("diameters", "responses", "since"),
    [
        ([50, 50, 40, 30, 50, 50], ["SD", "SD", "PR", "PD", "PD"], [0, 0, 0, 1, 2]),
        ([50, 70, 40, None, 40, 40], ["PD", "SD", None, "SD", "SD"], [1, 2, None, 3, 4]),
        ([50, 40, 30, 20, 20, 20], ["SD", "PR", "PR", "PR", "PR"], [0, 0, 0, 0, 0]),
    ],
)  # fmt: skip
def test_the_date_of_progression_follows_from_the_visits_since(
    diameters, responses, since
):
    whole = plan.load_files(plan.template_files("oncology-recist")).require()
    points = evaluate_series(
        reads.form(whole, "recist11@1"),
        [None if mm is None else one_lesion(mm) for mm in diameters],
    )
    seen = [
        (p.derived["overall"], p.derived["pd_visits"]) if p else (None, None)
        for p in points[1:]
    ]

    assert seen == list(zip(responses, since, strict=True))


def one_lesion(mm):
    """Answers of a visit with one target lesion of so many mm."""
    answers = {"nontarget": "no_nt", "new": 0}
    for row in range(1, 6):
        answers[f"targets.t{row}.kind"] = "organ" if row == 1 else "empty_row"
        answers[f"targets.t{row}.mm"] = mm if row == 1 else "nl"
    return answers


@pytest.mark.parametrize(
    "name", ["mre-us-accuracy", "wb-mri-pathway", "oncology-recist"]
)
def test_what_the_template_made_up_is_listed_where_it_stands(loaded_once, name):
    loaded, report = loaded_once(name)
    listed = [f for f in report.findings if f.code == TO_SETTLE]
    files = {f.where.file for f in listed}

    assert len(listed) == len(loaded.require().study.to_settle)
    assert {"sites.yaml", "flows.yaml", "costs.yaml", "study.yaml"} <= files
    assert any(str(f).startswith("economics/") for f in files)
    assert all((f.where.line or 0) > 1 for f in listed), "a key, not the top of a file"
