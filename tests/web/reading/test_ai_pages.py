"""The page on which the data manager brings an algorithm's output."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from provident.web.reading.models import Read
from tests.web.reading.test_ai_reads import (
    HEAD,
    PASSWORD,
    case,
    given,
    manager,
    plan_files,
    row,
    software,
)


__all__ = ["case", "given", "manager", "plan_files", "software"]  # fixtures
pytestmark = pytest.mark.django_db
ADDRESS = "/s/nodule-ai/reading/designs/standalone/output"


@pytest.fixture
def post(as_member, manager):
    client = as_member(manager)

    def send(text, password=PASSWORD):
        file = SimpleUploadedFile("out.csv", text.encode())
        return client.post(ADDRESS, {"file": file, "password": password}, follow=True)

    return send


def test_a_file_is_brought_and_listed_without_its_scores(given, post):
    page = post(HEAD + row(given)).content.decode()

    assert "1 reads are signed" in page
    assert "out.csv" in page
    assert "71.5" not in page
    assert Read.objects.count() == 1


def test_what_does_not_fit_is_told_with_its_place(given, post):
    answer = post(HEAD + row(given, score="much"))

    assert answer.status_code == 422
    assert "out.csv:2:4" in answer.content.decode()
    assert not Read.objects.exists()


def test_the_page_is_found_from_the_overview(study, make_member, as_member):
    page = as_member(make_member("trial_manager")).get("/s/nodule-ai/reading/cases").content.decode()  # fmt: skip

    assert ADDRESS in page
    assert page.count("Bring the software") == 1


def test_a_wrong_password_signs_nothing(given, post):
    answer = post(HEAD + row(given), password="wrong")

    assert (answer.status_code, Read.objects.count()) == (422, 0)


@pytest.mark.parametrize(("role", "status"), [("trial_manager", 200), ("qc", 403), ("reader", 403), ("adjudicator", 403), ("statistician", 403), ("monitor", 403)])  # fmt: skip
def test_who_may_open_it(study, make_member, as_member, role, status):
    assert as_member(make_member(role)).get(ADDRESS).status_code == status


def test_a_design_that_people_read_has_no_such_page(study, make_member, as_member):
    client = as_member(make_member("trial_manager"))

    assert client.get(ADDRESS.replace("standalone", "unaided")).status_code == 400
    assert client.get(ADDRESS.replace("standalone", "nothing")).status_code == 404
