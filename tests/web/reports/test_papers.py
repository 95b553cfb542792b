"""The plan's diagram with live counts, and its documents to keep."""

from __future__ import annotations

import pytest

from provident.programme.documents import KINDS
from provident.web.studies.plans import version_in_force


pytestmark = pytest.mark.django_db

PAGES = ["plan/flow", "plan/documents", "plan/documents/data-flow.html"]


def test_the_diagram_shows_the_plans_flows_and_what_came_so_far(
    study, as_member, make_member
):
    page = as_member(make_member("trial_manager")).get("/s/arthur-2/plan/flow").text

    for name in ("collect", "send", "adjudicate"):
        assert f"{name}: " in page
    assert "0 images so far" in page
    assert "0 reads so far" in page
    assert "No faults." in page


@pytest.mark.parametrize("form", ["html", "docx"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_document_can_be_had(kind, form, study, as_member, make_member):
    answer = as_member(make_member("monitor")).get(
        f"/s/arthur-2/plan/documents/{kind}.{form}"
    )

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'{kind}.{form}"')
    if form == "html":
        assert version_in_force(study).hash in answer.content.decode()


def test_the_list_leads_to_every_kind(study, as_member, make_member):
    page = (
        as_member(make_member("site", "leeds")).get("/s/arthur-2/plan/documents").text
    )

    assert all(f"/plan/documents/{kind}.docx" in page for kind in KINDS)


@pytest.mark.parametrize(
    ("address", "says"),
    [("nothing.html", "no document"), ("data-flow.pdf", "html or docx")],
)
def test_what_there_is_not_is_said(address, says, study, as_member, make_member):
    answer = as_member(make_member("monitor")).get(
        f"/s/arthur-2/plan/documents/{address}"
    )

    assert answer.status_code in (400, 404)
    assert says in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["reader", "adjudicator"])
def test_who_reads_blind_gets_none_of_it(page, role, study, as_member, make_member):
    assert as_member(make_member(role)).get(f"/s/arthur-2/{page}").status_code in (
        403,
        404,
    )
