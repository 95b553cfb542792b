"""Documents say which plan they were made from, hold its figures, and show what only the team can write."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document as Word

from provident import plan, programme
from provident.adapters.word import as_word
from provident.kernel import NotFound, PlanError
from provident.programme.documents import KINDS, Request, as_html, document
from provident.programme.documents.blocks import Gap, Table, bullets, section, table


title = "Documents from the plan"

PLANS = Path(__file__).resolve().parents[3] / "plans"
DEMO = PLANS / "arthritis-demo"


@pytest.fixture(scope="module")
def request_():
    loaded = plan.load(DEMO)
    return Request(loaded=loaded, findings=programme.check_plan(loaded).findings)


class Text(HTMLParser):
    """The text of a page, and its heads."""

    def __init__(self, page):
        super().__init__()
        self.words, self.heads, self._in = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._in = tag

    def handle_data(self, data):
        if self._in in ("style", "title"):
            return
        self.words.append(data)
        if re.fullmatch(r"h[1-6]", self._in) and data.strip():
            self.heads.append(data)

    @property
    def all(self):
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_says_its_plan_version_and_hash(kind, request_):
    made = document(kind, request_)
    page = as_html(made)

    assert made.version == "1.4"
    assert request_.plan.hash in page
    assert made.title in Text(page).all


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_word_and_page_say_the_same(kind, request_):
    made = document(kind, request_)
    word = Word(io.BytesIO(as_word(made)))
    page = Text(as_html(made))

    heads = [
        p.text for p in word.paragraphs if p.style.name.startswith(("Heading", "Title"))
    ]
    assert heads == page.heads
    for row in (row for t in word.tables for row in t.rows):
        for cell in row.cells:
            assert " ".join(cell.text.split()) in page.all
    assert made.stamp in word.sections[0].footer.paragraphs[0].text


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_plan_gives_the_same_bytes(kind, request_):
    assert as_word(document(kind, request_)) == as_word(document(kind, request_))
    assert as_html(document(kind, request_)) == as_html(document(kind, request_))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_page_asks_for_nothing_from_outside(kind, request_):
    page = as_html(document(kind, request_))

    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_value_is_printed_as_the_program_holds_it(kind, request_):
    words = Text(as_html(document(kind, request_))).all

    assert not re.findall(r"\w+\(\w+=|None|\binf\b|Interval|frozenset|\d\.\.\d", words)


def test_what_only_the_team_can_write_is_marked_and_listed(request_):
    made = document("data-flow", request_)

    assert any("lawful basis" in asks for asks in made.gaps)
    assert as_html(made).count("lawful basis") == 2


def test_the_data_flow_has_every_flow_store_and_agreement(request_):
    text = Text(as_html(document("data-flow", request_))).all
    flows = request_.plan.flows

    for name in [*flows.flows, *flows.stores, *flows.agreements]:
        assert name in text
    assert "25 years" in text
    assert "DPIA-12: approved on 2026-01-20" in text


def test_an_unknown_kind_lists_what_there_is(request_):
    with pytest.raises(NotFound, match="data-flow"):
        document("data-flwo", request_)


def test_an_unknown_exam_or_site_lists_what_there_is(request_):
    from dataclasses import replace

    with pytest.raises(NotFound, match="leeds"):
        document("data-flow", replace(request_, site="londno"))
    with pytest.raises(NotFound, match="hands_mri"):
        document("data-flow", replace(request_, exam="knee"))


def test_a_plan_that_does_not_load_makes_no_document(tmp_path):
    (tmp_path / "study.yaml").write_text("id: [")

    with pytest.raises(PlanError):
        document("data-flow", Request(loaded=plan.load(tmp_path)))


def test_words_of_the_plan_cannot_become_markup():
    made = section(
        "<b>", "<script>", table(("a",), [("<i>",)]), bullets(["<u>"]), Gap("<s>")
    )
    from provident.programme.documents.blocks import Document

    page = as_html(
        Document(
            kind="x",
            title="<h1>",
            study="<s>",
            study_title="t",
            version="1",
            hash="h",
            sections=(made,),
        )
    )
    assert not re.search(r"<(b|script|i|u|s)>(?!For)", page.replace("<b>For", ""))


def test_a_row_with_another_number_of_cells_is_refused():
    with pytest.raises(ValueError, match="cells"):
        Table(("a", "b"), (("1",),))


def test_every_limit_of_the_manual_stands_in_the_document(request_):
    words = Text(as_html(document("imaging-manual", request_))).all
    for model in request_.plan.imaging.values():
        assert f"{model.minutes:g} min" in words
        for role in model.series.values():
            for rule in role.require.rules().values():
                for figure in re.findall(r"\d+(?:\.\d+)?", getattr(rule, "text", "")):
                    assert figure in words


def test_a_manual_for_one_scanner_has_only_its_field_strength(request_):
    from dataclasses import replace

    words = Text(
        as_html(document("imaging-manual", replace(request_, scanner="mr_b1")))
    ).all

    assert "1.5 T: 150 ± 10 ms" in words
    assert "3 T: 220" not in words
    assert "Radiographs" not in words
    with pytest.raises(NotFound, match="mr_l1"):
        document("imaging-manual", replace(request_, scanner="mr_b9"))


def test_a_makers_own_limits_are_named_with_the_maker(request_):
    from dataclasses import replace

    york = Text(
        as_html(document("imaging-manual", replace(request_, scanner="mr_y1")))
    ).all
    leeds = Text(
        as_html(document("imaging-manual", replace(request_, scanner="mr_l1")))
    ).all

    assert "Echo time, GE MEDICAL SYSTEMS" in york
    assert "68 ± 5 ms" in york
    assert "68 ± 5 ms" not in leeds


def test_the_charter_names_the_rules_of_the_read(request_):
    words = Text(as_html(document("review-charter", request_))).all
    for design in request_.plan.reading.values():
        assert design.final.agreed in words
        assert design.form in words
        for expression in design.adjudicate.when.values():
            assert " ".join(expression.split()) in words


def test_what_participants_read_is_what_the_plan_says(request_):
    words = Text(as_html(document("participant-information", request_))).all
    told = request_.plan.consent.information

    assert told.recall in words
    assert told.storage in words
    for risks in told.risks.values():
        assert all(risk in words for risk in risks)


@pytest.mark.parametrize("name", sorted(p.name for p in PLANS.iterdir()))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_shipped_plan_makes_every_document(name, kind):
    loaded = plan.load(PLANS / name)

    assert document(kind, Request(loaded=loaded)).sections
