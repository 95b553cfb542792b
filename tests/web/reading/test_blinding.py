"""What a reader's browser gets: nothing that tells whom, where, when, in which order, or what others said."""

from __future__ import annotations

import io
import json
import re

import pydicom
import pytest

from provident.web.reading.models import Assignment
from tests.web.reading.test_flow import of, sign  # noqa: F401  # the fixture


pytestmark = pytest.mark.django_db

HIDDEN = (
    "L-101",
    "leeds",
    "week24",
    "baseline",
    "2026-03",
    "20260302",
    "hands_mri",
    "correct horse",
    "placebo",
)


@pytest.fixture
def as_ana(as_member, people):
    return as_member(people["ana"])


def everything(client, drawn, people):
    """All that a reader can fetch: pages, API, images."""
    assignment = of(drawn, people["ana"])
    token, study = assignment.token, drawn.study.slug
    case = client.get(f"/read/api/case/{token}")
    yield "case", case.content.decode().replace(drawn.study.title, "")
    yield "room", client.get(f"/read/room/{token}").content.decode()
    yield (
        "list",
        client.get(f"/s/{study}/reading")
        .content.decode()
        .replace(drawn.study.title, ""),
    )
    yield "next", client.get("/read/api/next").content.decode()
    for series in case.json()["timepoints"][0]["series"]:
        for address in series["images"]:
            yield address, client.get(address).content.decode("latin1")


def test_nothing_that_a_reader_can_fetch_unblinds(drawn, people, as_ana, sign):  # noqa: F811
    sign(drawn, people["ben"], {"baseline": 3, "week24": 0})
    for where, text in everything(as_ana, drawn, people):
        found = [word for word in HIDDEN if word.lower() in text.lower()]

        assert found == [], where


def test_the_copy_has_the_pixels_and_only_listed_tags(drawn, people, as_ana):
    from provident.programme.reading_copy import COPIED

    case = as_ana.get(f"/read/api/case/{of(drawn, people['ana']).token}").json()
    address = case["timepoints"][0]["series"][0]["images"][0]
    ds = pydicom.dcmread(io.BytesIO(as_ana.get(address).content))

    uids = {
        "SOPInstanceUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "InstanceNumber",
        "FrameOfReferenceUID",
    }
    assert {e.keyword for e in ds} <= set(COPIED) | uids
    assert ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert ds.pixel_array.max() in (100, 200)
    assert ds.StudyInstanceUID not in ("2.25.1", "2.25.2")


@pytest.mark.parametrize(
    "path", ["/read/api/case/{}", "/read/room/{}", "/read/api/case/{}/answers"]
)
def test_another_readers_case_looks_like_one_that_does_not_exist(
    drawn, people, as_ana, path
):
    other = path.format(of(drawn, people["ben"]).token)
    nothing = path.format("a" * 32)
    ask = (
        (lambda p: as_ana.put(p, "{}", "application/json"))
        if path.endswith("answers")
        else as_ana.get
    )

    assert ask(other).status_code == ask(nothing).status_code == 404

    def said(path):  # a form's token differs from one page to the next
        return re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", ask(path).content)

    assert said(other) == said(nothing)


def test_an_image_of_another_case_is_not_there(drawn, people, as_ana, as_member):
    name = drawn.series.first().copy[0]["name"]
    token = of(drawn, people["ben"]).token

    assert as_ana.get(f"/read/file/{token}/{name}.dcm").status_code == 404
    assert (
        as_ana.get(
            f"/read/file/{of(drawn, people['ana']).token}/{'0' * 32}.dcm"
        ).status_code
        == 404
    )


def test_the_second_reader_does_not_see_the_first(drawn, people, as_member, sign):  # noqa: F811
    sign(drawn, people["ana"], {"baseline": 3, "week24": 2})
    case = (
        as_member(people["ben"])
        .get(f"/read/api/case/{of(drawn, people['ben']).token}")
        .json()
    )

    assert case["answers"] == {}
    assert case["adjudication"] is None


@pytest.mark.parametrize(
    "page",
    [
        "matrix",
        "participants",
        "data",
        "ledger",
        "quality",
        "reading/cases",
        "transfers",
    ],
)
def test_a_reader_gets_no_page_of_the_study_but_reading(drawn, people, as_ana, page):
    assert as_ana.get(f"/s/{drawn.study.slug}/{page}").status_code in (403, 404)


def test_a_case_over_the_api_is_saved_and_signed(drawn, people, as_ana, answers_for):
    assignment = of(drawn, people["ana"])
    address = f"/read/api/case/{assignment.token}"
    assert as_ana.get(address).json()["version"] == 0

    saved = {
        "answers": answers_for(assignment, {"baseline": 1, "week24": 1}),
        "measurements": [],
        "version": 0,
    }
    reply = as_ana.put(f"{address}/answers", json.dumps(saved), "application/json")
    assert (reply.status_code, reply.json()["version"]) == (200, 1)
    assert (
        as_ana.put(
            f"{address}/answers", json.dumps(saved), "application/json"
        ).status_code
        == 409
    )

    wrong = {**saved, "version": 1, "password": "guess"}
    assert (
        as_ana.post(
            f"{address}/submit", json.dumps(wrong), "application/json"
        ).status_code
        == 403
    )
    blank = {**saved, "answers": {}, "version": 1, "password": "correct horse battery"}
    reply = as_ana.post(f"{address}/submit", json.dumps(blank), "application/json")
    assert reply.status_code == 422
    assert len(reply.json()["findings"]) >= 2
    right = {**saved, "version": 1, "password": "correct horse battery"}
    assert as_ana.post(
        f"{address}/submit", json.dumps(right), "application/json"
    ).json() == {"next": None}
    assert Assignment.objects.get(pk=assignment.pk).state == "submitted"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"answers": [], "measurements": [], "version": 0}', "\x00"],
)
def test_a_body_that_is_no_read_is_refused_with_words(drawn, people, as_ana, body):
    reply = as_ana.put(
        f"/read/api/case/{of(drawn, people['ana']).token}/answers",
        body,
        "application/json",
    )

    assert reply.status_code == 400
    assert reply.json()["message"]


def test_who_is_logged_out_is_told_so(drawn, people, client):
    assert (
        client.get(f"/read/api/case/{of(drawn, people['ana']).token}").status_code
        == 401
    )
