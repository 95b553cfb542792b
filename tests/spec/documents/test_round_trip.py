"""Every number of a document is the plan's: documents are read back and held against the files."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docx import Document as Word

from provident import plan, programme
from provident.adapters.word import as_word
from provident.programme.checks import PlanUnderCheck
from provident.programme.checks.burden import hours_needed
from provident.programme.documents import Request, document


title = "Documents hold the plan's figures"

PLANS = Path(__file__).resolve().parents[3] / "plans"
NAMES = sorted(p.name for p in PLANS.iterdir() if (p / "study.yaml").is_file())
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@pytest.fixture(scope="module", params=NAMES)
def made_from(request):
    loaded = plan.load(PLANS / request.param)
    findings = programme.check_plan(loaded).findings
    return Request(loaded=loaded, findings=findings)


def read_back(kind, request_):
    """The tables of the Word document as rows of cells, and all its words, footers left out."""
    word = Word(io.BytesIO(as_word(document(kind, request_))))
    tables = [[[c.text for c in row.cells] for row in t.rows] for t in word.tables]
    words = "\n".join(p.text for p in word.paragraphs)
    return tables, words


def numbers_in(text):
    return {float(n) for n in NUMBER.findall(text.replace("\u202f", ""))}


def planned(request_):
    """Every number that stands in the plan's files, and those that shipped lists and grammar give."""
    text = "\n".join(
        data.decode()
        for name, data in request_.plan.files.items()
        if name.endswith((".yaml", ".csv"))
    )
    return numbers_in(text.replace("..", " ").replace("-", " ").replace("_", " ")) | {0.0, 1.0}  # fmt: skip


def reckoned(request_):
    """The ends of what is tolerated: a target and how far off it still only warns."""
    ends = set()
    for model in request_.plan.imaging.values():
        asked = [s.require for s in model.series.values()]
        asked += [v.require for roles in model.vendor.values() for v in roles.values()]
        for rule in (r for a in asked for r in a.rules().values()):
            wide = getattr(rule, "tolerated", None)
            ends |= {wide.low, wide.high} if wide else set()
    return ends


def rows_of(tables):
    return [row for t in tables for row in t]


@pytest.mark.parametrize("kind", ["imaging-manual", "review-charter"])
def test_no_number_of_a_document_is_another_than_the_plans(kind, made_from):
    tables, _ = read_back(kind, made_from)
    cells = "\n".join(c for row in rows_of(tables) for c in row)
    known = planned(made_from) | reckoned(made_from)

    strange = numbers_in(cells.replace("-", " ").replace("_", " ")) - known
    assert strange == set()


def test_every_figure_of_the_manuals_rules_is_in_the_document(made_from):
    tables, words = read_back("imaging-manual", made_from)
    said = numbers_in("\n".join(c for row in rows_of(tables) for c in row) + words)
    for model in made_from.plan.imaging.values():
        for role in model.series.values():
            for rule in role.require.rules().values():
                text = getattr(rule, "text", "").replace("..", " ")
                assert numbers_in(text) <= said, (model.exam, text)


@pytest.mark.parametrize("endpoint", [0, -1])
def test_the_charters_cells_are_the_designs(made_from, endpoint):
    from dataclasses import replace

    name = list(made_from.plan.reading)[endpoint]
    design = made_from.plan.reading[name]
    tables, _ = read_back("review-charter", replace(made_from, exam=design.exam))
    cells = {row[0]: row[1] for row in rows_of(tables) if len(row) == 2}
    several = sum(d.exam == design.exam for d in made_from.plan.reading.values()) > 1
    expected = {
        "Independent reads of each case": str(design.readers.primary),
        "Cases in a block": str(design.order.blocks),
        "Cases between two of one participant": str(design.order.same_participant_gap),
        "A sitting lasts at most": f"{design.sessions.at_most:g} min",
    }
    all_rows = {tuple(row) for row in rows_of(tables) if len(row) == 2}

    for what, value in expected.items():
        assert (what, value) in all_rows if several else cells[what] == value
    row = (str(design.qualify.set), str(design.qualify.attempts))
    assert row in {tuple(r[:2]) for r in rows_of(tables)}


def test_the_statistical_section_counts_as_the_plan_does(made_from):
    tables, _ = read_back("reads-statistics", made_from)
    rows = {tuple(row) for row in rows_of(tables) if len(row) == 2}
    under = PlanUnderCheck.of(made_from.loaded)
    for design in made_from.plan.reading.values():
        people = made_from.plan.study.population.participants
        assert ("Participants", str(people)) in rows
        assert ("Time points read of each", str(len(design.visits))) in rows
        hours = hours_needed(under, design)
        assert ("Hours that each primary reader needs", f"{hours:.0f}") in rows
        assert ("Minutes", f"{design.minutes.mean:g} per {design.minutes.per}") in rows


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("imaging/hands-mri.yaml", "TR: 400..700 ms", "TR: 431..699 ms", "imaging-manual"),
        ("imaging/hands-mri.yaml", "minutes: 35", "minutes: 37", "imaging-manual"),
        ("imaging/hands-xray.yaml", "DAP <= 0.05 Gy.cm2", "DAP <= 0.047 Gy.cm2", "imaging-manual"),
        ("reading/erosion.yaml", "set: 20 cases", "set: 23 cases", "review-charter"),
        ("reading/erosion.yaml", "mean: 13", "mean: 17.5", "reads-statistics"),
        ("study.yaml", "participants: 24", "participants: 29", "reads-statistics"),
    ],
)  # fmt: skip
def test_a_figure_that_changes_in_the_plan_changes_in_the_document(
    file, old, new, kind
):
    files = plan.template_files("arthritis-demo")
    before = Request(loaded=plan.load_files(files))
    text = files[file].decode()
    assert old in text
    after = Request(
        loaded=plan.load_files({**files, file: text.replace(old, new, 1).encode()})
    )

    gained = numbers_in(new.replace("..", " ")) - numbers_in(old.replace("..", " "))
    said = [
        numbers_in("\n".join([*(c for r in rows_of(t) for c in r), w]))
        for t, w in (read_back(kind, before), read_back(kind, after))
    ]
    assert gained <= said[1]
    assert not gained <= said[0]
