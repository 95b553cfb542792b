"""What people do at their desks, against pages that say what real ones say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import httpx
import pytest
from pydicom import Dataset, dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from provident import plan
from provident.kernel.ids import sha256
from provident.rehearsal.cast import Account
from provident.rehearsal.desks import Physicist, SiteOffice, TrialOffice
from provident.rehearsal.happenings import Booking, Enrolment
from provident.rehearsal.pages import Stopped, Visitor
from provident.rehearsal.play import grouped
from provident.rehearsal.room import Eye, Sitting
from provident.rehearsal.timeline import timeline
from provident.synthetic import HandTruth


AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Pages:
    """Pages by address; what was posted is kept."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.posted: list[tuple[str, dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/s/x/")
        if request.method == "POST":
            told = dict(httpx.QueryParams(request.content.decode()))
            told.pop("csrfmiddlewaretoken", None)
            self.posted.append((path, told))
        return httpx.Response(200, html=self.pages.get(path, ""))

    def visitor(self) -> Visitor:
        account = Account(username="rae", name="Rae Hill", role="site", title="", hint="")  # fmt: skip
        return Visitor("http://p", account, "x", transport=httpx.MockTransport(self))


@pytest.fixture(scope="module")
def demo_plan():
    return plan.load(plan.shipped() / "arthritis-demo").plan


PARTICIPANT = """L-101 <table><tr><th>Week 12</th><td><a href="/s/x/slots/7">MRI of both hands</a>
<a href="/s/x/slots/8">Ultrasound of the hand joints</a></td></tr></table>"""
ENROLMENT = Enrolment(at=AT, number=1, site="leeds", code="L-101", anchor=date(2026, 3, 9))  # fmt: skip


def test_a_booking_goes_to_the_slot_that_enrolment_laid_out(demo_plan):
    pages = Pages({"participants/enrol": PARTICIPANT})
    office = SiteOffice(demo_plan, pages.visitor())
    office.enrol(ENROLMENT)
    office.book(Booking(at=AT, site="leeds", code="L-101", visit="week12", exam="joints_us", on=date(2026, 6, 1)))  # fmt: skip

    assert pages.posted[-1] == ("slots/8", {"do": "book", "on": "2026-06-01"})


def test_another_number_than_expected_stops_the_rehearsal(demo_plan):
    office = SiteOffice(demo_plan, Pages({"participants/enrol": "L-102"}).visitor())

    with pytest.raises(Stopped, match="L-101"):
        office.enrol(ENROLMENT)


def test_a_slot_that_the_page_does_not_show_stops_it(demo_plan):
    office = SiteOffice(demo_plan, Pages({}).visitor())

    with pytest.raises(Stopped, match="no MRI of both hands at Week 12"):
        office.book(Booking(at=AT, site="leeds", code="L-101", visit="week12", exam="hands_mri", on=date(2026, 6, 1)))  # fmt: skip


def test_held_images_are_linked_once_a_participant_and_strangers_are_left(demo_plan):
    waiting = "".join(f'<select id="participant-{n}">' for n in (1, 2, 3))
    seen = "<dt>Hospital number</dt> <dd>{}</dd>"
    pages = Pages(
        {
            "quarantine": waiting,
            "quarantine/1/look": seen.format("111"),
            "quarantine/2/look": seen.format("111"),
            "quarantine/3/look": seen.format("999"),
        }
    )
    office = SiteOffice(demo_plan, pages.visitor())

    assert (office.identify({"111": "B-101"}), office.identify({"111": "B-101"})) == (1, 0)  # fmt: skip
    decided = [p for p in pages.posted if p[0].endswith("/decide")]
    assert [(path, told["participant"]) for path, told in decided] == [("quarantine/1/decide", "B-101")]  # fmt: skip
    # Each look is an event in the ledger, so nobody looks twice.
    assert sum(path.endswith("/look") for path, _ in pages.posted) == 3


QUERIES = """<table><tr><td><a href="/s/x/queries/1">B-101</a><br>Bradford</td><td>week12 hands mri</td></tr>
<tr><td><a href="/s/x/queries/2">Y-103</a></td><td>week24 hands mri</td></tr>
<tr><td><a href="/s/x/queries/3">L-103</a></td><td>week12 hands mri</td></tr></table>"""


def test_a_site_promises_a_repeat_where_one_comes_and_leaves_what_it_leaves(demo_plan):
    offers = '<input name="kind" type="radio" value="rescan">'
    pages = Pages({"queries": QUERIES, "queries/1": offers, "queries/3": offers})
    SiteOffice(demo_plan, pages.visitor()).answer({"Y-103"}, {"B-101"})

    assert [(path, told["kind"]) for path, told in pages.posted] == [("queries/1", "rescan"), ("queries/3", "explain")]  # fmt: skip


def test_a_site_promises_no_repeat_that_its_page_does_not_offer(demo_plan):
    pages = Pages({"queries": QUERIES})
    SiteOffice(demo_plan, pages.visitor()).answer({"Y-103"}, {"B-101"})

    assert [told["kind"] for _, told in pages.posted] == ["explain", "explain"]


WORKLIST = """<table>
<tr><td><a href="/s/x/quality/exam/5">B-101</a><br>Bradford</td><td>Week12<br>hands mri</td><td>not as in the manual</td></tr>
<tr><td><a href="/s/x/quality/exam/6">L-101</a></td><td>Week12<br>hands mri</td><td>as in the manual</td></tr>
<tr><td><a href="/s/x/quality/exam/7">L-102</a></td><td>Week12<br>hands mri</td><td>not as in the manual<br>query open</td></tr>
<tr><td><a href="/s/x/quality/exam/8">L-103</a></td><td>Week12<br>hands mri</td><td>not as in the manual</td></tr></table>"""
REVIEW = """<select name="cor_t1:sequence_quality"><option value=""><option value="1"><option value="5"></select>
<select name="cor_t1:artefact"><option value=""><option value="none"><option value="motion"></select>"""


def test_the_physicist_rejects_what_is_repeated_accepts_the_rest_and_waits_for_open_queries():  # fmt: skip
    pages = Pages(
        {
            "queries": QUERIES,
            "queries/1": '<a href="/s/x/exams/5">Open the exam</a> What was said <td>rescan</td><form>',
            "queries/2": "What was said <td>explain</td><form>We scan again: rescan",
            "quality": WORKLIST,
            **{f"quality/exam/{n}": REVIEW for n in (5, 6, 7, 8)},
        }
    )
    physicist = Physicist(pages.visitor())
    physicist.close_queries({"L-103"})
    physicist.decide()
    closed = [(p, t["resolution"]) for p, t in pages.posted if p.startswith("queries")]
    decided = {p: t for p, t in sorted(pages.posted) if p.startswith("quality")}

    assert closed == [("queries/1", "rescanned"), ("queries/2", "waived")]
    assert {p: t["decision"] for p, t in decided.items()} == {
        "quality/exam/5": "reject", "quality/exam/6": "accept", "quality/exam/8": "accept",
    }  # fmt: skip
    assert [bool(t["reason"]) for t in decided.values()] == [True, False, True]
    assert decided["quality/exam/6"]["cor_t1:sequence_quality"] == "5"
    assert decided["quality/exam/6"]["cor_t1:artefact"] == "none"


def test_all_disagreements_but_the_last_go_to_the_adjudicator(demo_plan):
    links = "".join(f'<a href="/s/x/reading/cases/{n}/release">Look</a>' for n in (4, 5, 6))  # fmt: skip
    pages = Pages({"reading/cases": links})

    assert TrialOffice(demo_plan, pages.visitor()).release(1) == 2
    assert [path for path, _ in pages.posted] == ["reading/cases/4/release", "reading/cases/5/release"]  # fmt: skip


def image(pixels: bytes) -> bytes:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = MRImageStorage, "2.25.1"
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.SamplesPerPixel = 2, 2, 16, 1
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 15, 0
    ds.PhotometricInterpretation, ds.PixelData = "MONOCHROME2", pixels
    ds.file_meta = Dataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    into = BytesIO()
    dcmwrite(into, ds, enforce_file_format=True)
    return into.getvalue()


def reading_room(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.endswith(".dcm"):
        return httpx.Response(200, content=image(b"12345678" if "/a." in path else b"87654321"))  # fmt: skip
    if path.endswith("/submit"):
        reading_room.signed = request.content.decode()
        return httpx.Response(200, json={"next": None})
    points = [{"label": x.upper(), "series": [{"images": [f"/read/file/t/{x}.dcm"]}]} for x in "ab"]  # fmt: skip
    return httpx.Response(200, json={"version": 3, "timepoints": points})


def test_a_reader_knows_a_case_by_its_pictures_alone_and_drifts():
    account = Account(username="ben", name="Ben Osei", role="reader", title="", hint="")
    visitor = Visitor("http://p", account, "x", transport=httpx.MockTransport(reading_room))  # fmt: skip
    known = {
        sha256(b"12345678"): (1, 0, HandTruth(synovitis={"mcp2": 3})),
        sha256(b"87654321"): (1, 2, HandTruth(synovitis={"mcp2": 1})),
    }
    sitting = Sitting(visitor, Eye(seed=1, bias=0, noise=0, drift=4.0), known.__getitem__)  # fmt: skip
    minutes = sitting.sign("t")
    first = reading_room.signed
    sitting.sign("t")

    assert 5 <= minutes <= 30
    assert '"A:joints.mcp2.syn":3' in first.replace(" ", "")
    assert '"B:joints.mcp2.syn":1' in first.replace(" ", "")
    assert '"version":3' in first.replace(" ", "")
    assert '"B:joints.mcp2.syn":3' in reading_room.signed.replace(" ", "")


def test_scans_of_one_day_are_sent_together_and_all_else_comes_one_by_one(demo_plan):
    happenings = timeline(demo_plan, today=date(2026, 11, 24), seed=7)
    groups = list(grouped(happenings))

    assert [h for group in groups for h in group] == happenings
    assert all(len({h.at.date() for h in group}) == 1 for group in groups)
    assert {type(h).__name__ for g in groups if len(g) > 1 for h in g} == {"Scan"}
