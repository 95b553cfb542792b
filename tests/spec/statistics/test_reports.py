"""Reports: every statistic that suits the readings, as a page, a PDF and data."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from provident.adapters.pdf import as_pdf
from provident.cli.main import build
from provident.kernel import InvalidInput
from provident.statistics import Overruling
from provident.statistics.accuracy_questions import AccuracyQuestion
from provident.statistics.agreement_questions import AgreementQuestion
from provident.statistics.figures import Table
from provident.statistics.readings import Reading, Readings
from provident.statistics.report import (
    Report,
    Section,
    accuracy_report,
    agreement_report,
    as_html,
    reader_section,
)


title = "Reports of agreement and accuracy"


def readings(rows):
    """Rows of case, reader, modality, truth, score."""
    return Readings(
        file="reads",
        rows=tuple(
            Reading(
                line=n,
                case=str(case),
                reader=reader,
                modality=modality,
                truth=truth,
                score=None if score is None else str(score),
            )
            for n, (case, reader, modality, truth, score) in enumerate(rows, 1)
        ),
    )


def measured(readers=("ana", "ben", "cai"), repeats=0, cases=30):
    rng = np.random.default_rng(4)
    true = rng.normal(40, 8, size=cases)
    rows = [
        (case, reader, "", None, round(t + rng.normal(0, 2), 2))
        for case, t in enumerate(true)
        for reader in readers
    ]
    rows += [
        (case, reader, "", None, round(true[case] + rng.normal(0, 2), 2))
        for case in range(repeats)
        for reader in readers
    ]
    return readings(rows)


def rated(readers=("ana", "ben"), repeats=0, scale=(0, 1, 2, 3), blanks=0):
    rng = np.random.default_rng(4)
    true = rng.integers(0, len(scale), size=40)

    def said(t):
        return scale[t] if rng.random() < 0.7 else scale[rng.integers(len(scale))]

    rows = [(c, r, "", None, said(t)) for c, t in enumerate(true) for r in readers]
    rows = [(*row[:4], None) if n < blanks else row for n, row in enumerate(rows)]
    rows += [(c, r, "", None, said(true[c])) for c in range(repeats) for r in readers]
    return readings(rows)


def diagnosed(readers=("ana", "ben"), modalities=("CT", "MR"), calls=False):
    rng = np.random.default_rng(4)
    rows = []
    for case in range(40):
        for modality in modalities:
            for reader in readers:
                score = rng.normal(1.5 * (case % 2))
                score = int(score > 0.7) if calls else round(score, 1)
                rows.append((case, reader, modality, str(case % 2), score))
    return readings(rows)


def headings(report):
    return [section.heading for section in report.sections]


def test_measurements_are_given_all_that_is_for_measurements():
    report = agreement_report(measured(), unit="mm")

    assert headings(report) == [
        "What was compared",
        "Intraclass correlation",
        "Limits of agreement (Bland and Altman)",
        "Every pair",
        "Error of measurement",
    ]
    assert [f.name for s in report.sections for f in s.figures] == [
        "forest",
        "bland-altman",
        "bland-altman",
        "bland-altman",
        "agreement",
    ]


def test_categories_are_given_all_that_is_for_categories():
    report = agreement_report(rated(("ana", "ben", "cai")))
    first, weighted = report.sections[1], report.sections[2]
    names = [row[0] for row in first.tables[0].rows]

    assert names == ["percentage agreement", "Light", "Conger", "Fleiss", "Gwet", "Brennan-Prediger", "Krippendorff"]  # fmt: skip
    assert "quadratic weights" in weighted.heading
    assert [f.name for f in report.sections[3].figures] == [
        "agreement",
        *["cross-table"] * 3,
    ]


def test_words_without_an_order_are_not_weighted():
    report = agreement_report(rated(scale=("cyst", "solid", "mixed")))

    assert not [h for h in headings(report) if "weights" in h]


def test_given_in_order_they_are():
    question = AgreementQuestion(
        categories=("none", "mild", "severe"), weights="linear"
    )
    report = agreement_report(rated(scale=("none", "mild", "severe")), question)

    assert [h for h in headings(report) if "linear weights" in h]


def test_a_repeat_is_compared_with_the_readers_own_first_answer_alone():
    with_repeats, without = (agreement_report(rated(repeats=n)) for n in (12, 0))

    assert headings(with_repeats) == [*headings(without), "The same reader again"]
    assert with_repeats.sections[1].tables == without.sections[1].tables
    again = with_repeats.sections[-1].tables[0]
    assert {row[0] for row in again.rows} == {"ana, percentage", "ana, kappa", "ben, percentage", "ben, kappa"}  # fmt: skip
    assert {row[5] for row in again.rows} == {12}


def test_repeated_measurements_give_repeatability():
    report = agreement_report(measured(repeats=10))

    assert report.sections[-1].tables[0].rows[0][0] == "ana"
    alone = agreement_report(measured(readers=("ana",), repeats=10))
    assert headings(alone) == ["What was compared", "The same reader again"]


def test_a_statistic_that_is_not_defined_is_told_and_hides_no_other():
    rows = readings(
        [(c, r, "", None, 1 if r == "ana" else c % 2) for c in range(9) for r in ("ana", "ben")]
        + [(c, r, "", None, 1) for c in range(9, 12) for r in ("ana", "ben")]
    )  # fmt: skip
    same = readings([(c, r, "", None, 1) for c in range(9) for r in ("ana", "ben")])

    assert agreement_report(rows).sections[1].tables
    assert "All ratings are the same" in agreement_report(same).sections[1].words[0]


def test_blanks_are_counted():
    table = agreement_report(rated(blanks=3)).sections[0].tables[0]

    assert table.rows == (("ana", 40, 2), ("ben", 40, 1))


def test_scores_give_curves_areas_and_three_analyses():
    report = accuracy_report(diagnosed())

    assert headings(report) == [
        "What was compared",
        "ROC curves",
        "Areas under the curves",
        "Mean area over readers and cases: Obuchowski-Rockette",
        "Mean area over readers and cases: Dorfman-Berbaum-Metz",
        "Mean area over readers and cases: U-statistic",
    ]
    assert any(words.startswith("CT - MR: p = ") for words in report.sections[3].words)


def test_a_threshold_adds_sensitivity_and_specificity():
    report = accuracy_report(diagnosed(), AccuracyQuestion(threshold=1.0))

    assert [h for h in headings(report) if h.startswith("Mean sens")]
    assert [h for h in headings(report) if h.startswith("Mean spec")]


def test_calls_have_no_curve():
    report = accuracy_report(diagnosed(calls=True))

    assert "ROC curves" not in headings(report)
    assert "Sensitivity" in headings(report)


def test_one_reader_gets_delongs_comparison():
    report = accuracy_report(diagnosed(readers=("ana",)))

    assert headings(report)[-1] == "Differences between modalities, for this reader"
    assert report.sections[-1].tables[0].rows[0][0] == "CT - MR"


def test_a_repeat_does_not_count_for_accuracy():
    rows = diagnosed()
    again = Readings(file="reads", rows=(*rows.rows, *rows.rows[:6]))
    report = accuracy_report(again)

    assert "6 repeats of a reading are left out" in report.sections[0].words[1]
    assert report.sections[3] == accuracy_report(rows).sections[3]


def test_readers_and_the_adjudicator_in_a_funnel_and_over_time():
    reads = [
        Overruling(reader=r, adjudicated=n % 4 == 0, against=n % 8 == 0 and r == "ben")
        for n in range(60)
        for r in ("ana", "ben")
    ]
    section = reader_section(reads)

    assert [f.name for f in section.figures] == [
        "funnel",
        "control",
        "control",
        "control",
    ]
    assert section.tables[0].rows[1][:4] == ("ben", 60, 15, 8)


def test_nobody_was_overruled_is_an_answer_too():
    section = reader_section([Overruling(reader="ana", adjudicated=False)] * 5)

    assert [f.name for f in section.figures] == ["funnel"]


def test_one_reader_without_repeats_has_nothing_to_compare_with():
    with pytest.raises(InvalidInput, match="two readers or modalities, or repeats"):
        agreement_report(readings([(c, "ana", "", None, c) for c in range(5)]))


def test_too_few_cases_are_said_in_words():
    rows = readings([(1, "ana", "", None, 1), (1, "ben", "", None, 2)])
    said = [words for s in agreement_report(rows).sections for words in s.words]

    assert "Agreement needs 2 rated cases at least" in said[0]


def test_without_a_truth_there_is_no_accuracy():
    with pytest.raises(InvalidInput, match="no column truth"):
        accuracy_report(measured())


# -- the forms of a report


@pytest.fixture
def report():
    return agreement_report(measured(repeats=5), title="Length <mm> of Łódź", about=("plan 1.0",))  # fmt: skip


def test_the_page_needs_nothing_else(report):
    page = as_html(report, nonce="abc")

    assert "Length &lt;mm&gt;" in page
    assert '<style nonce="abc">' in page
    assert not re.findall(r'(?:src|href)="', page)
    assert page.count("<svg") == sum(len(s.figures) for s in report.sections)
    assert page.count("The same as a table") == page.count("<svg")


def test_in_a_notebook_it_shows_itself(report):
    assert report._repr_html_().startswith("<section><h2>")


def test_the_data_hold_every_table_and_figure(report):
    files = report.files()
    document = json.loads(files["report.json"])

    assert document["title"] == report.title
    csvs = [name for name in files if name.endswith(".csv")]
    assert len(csvs) == sum(len(s.figures) + len(s.tables) for s in report.sections)
    rows = list(csv.DictReader(io.StringIO(files["02-intraclass-correlations.csv"])))
    assert [row[""] for row in rows][:2] == ["ICC(1,1)", "ICC(A,1)"]


def streams(pdf):
    found = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(one).decode("cp1252") for one in found]


def test_a_pdf_has_its_words_pages_and_outline(report):
    pdf = as_pdf(report)
    words = "".join(streams(pdf))

    assert pdf.startswith(b"%PDF-1.7")
    assert "(Intraclass correlation) Tj" in words
    assert "page 1 of " in words
    assert f"/Count {len(report.sections)} >>".encode() in pdf
    assert (
        "ód?" not in words
    )  # Łódź: ó is known; letters that are not lose their accents
    assert as_pdf(report) == pdf


def test_the_places_of_a_pdfs_objects_are_right(report):
    pdf = as_pdf(report)
    start = int(re.search(rb"startxref\n(\d+)", pdf)[1])
    places = [int(p) for p in re.findall(rb"(\d{10}) 00000 n", pdf[start:])]

    assert pdf[start:].startswith(b"xref\n")
    for number, place in enumerate(places, 1):
        assert pdf[place:].startswith(f"{number} 0 obj".encode())


def test_a_long_table_turns_the_page_and_repeats_its_head():
    table = Table(
        caption="Long (and \\ odd)",
        columns=("case", "words"),
        rows=tuple((n, "x" * 300 if n == 3 else "word " * 30) for n in range(150)),
    )
    pdf = as_pdf(Report(title="T", sections=(Section(heading="S", tables=(table,)),)))
    pages = streams(pdf)

    assert len(pages) > 3
    assert all("(case) Tj" in page for page in pages)
    assert r"(Long \(and \\ odd\)) Tj" in pages[0]


# -- the command line


@pytest.fixture(scope="module")
def run():
    app = build()
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


def written(path, rows):
    lines = ["case,reader,modality,truth,score"]
    lines += [f"{r.case},{r.reader},{r.modality},{r.truth or ''},{r.score}" for r in rows.rows]  # fmt: skip
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("command", "rows"), [("agreement", measured()), ("accuracy", diagnosed())]
)
def test_a_command_writes_the_report_beside_its_answer(run, tmp_path, command, rows):
    source = written(tmp_path / "reads.csv", rows)
    page, pdf = tmp_path / "r.html", tmp_path / "r.pdf"
    result = run(command, source, "--html", page, "--pdf", pdf, "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["estimate"]
    assert "<svg" in page.read_text()
    assert pdf.read_bytes().startswith(b"%PDF")


def test_a_place_that_cannot_be_written_is_said(run, tmp_path):
    source = written(tmp_path / "reads.csv", measured())
    result = run("agreement", source, "--html", tmp_path / "no" / "r.html")

    assert isinstance(result.exception, InvalidInput)
    assert "Choose another place" in str(result.exception)
