"""Which page each role may open: everything that is not granted answers 403, or 404 as if it were not there."""

from __future__ import annotations

import pytest


ROLES = ("trial_manager", "site", "qc", "reader", "adjudicator", "statistician", "monitor")  # fmt: skip
MAY_OPEN = """
page                          | trial_manager site qc  reader adjudicator statistician monitor
                              | 200           200  200 200    200         200          200
access                        | 200           200  200 200    200         200          200
matrix                        | 200           200  200 403    403         200          200
participants                  | 200           200  200 403    403         200          200
participants/enrol            | 200           200  403 403    403         403          403
participants/L-101            | 200           200  200 403    403         200          200
participants/L-101/consent    | 200           200  403 403    403         403          403
participants/L-101/withdraw   | 200           200  403 403    403         403          403
participants/Z-999            | 404           404  404 403    403         404          404
slots/{slot}                  | 200           200  200 403    403         200          200
slots/0                       | 404           404  404 403    403         404          404
exams/{exam}                  | 200           200  200 403    403         403          200
exams/0                       | 404           404  404 403    403         403          404
exams/{exam}/waive            | 403           403  200 403    403         403          403
exams/{exam}/dose             | 200           200  200 403    403         403          200
exams/0/dose                  | 404           404  404 403    403         403          404
exams/{exam}/repeat           | 200           403  200 403    403         403          403
dose                          | 200           200  200 403    403         403          200
participants/L-101/dose       | 200           200  200 403    403         403          200
participants/Z-999/dose       | 404           404  404 403    403         403          404
participants/L-101/dose/sign/hands_xray | 403 200  200 403    403         403          403
repeats/0                     | 404           404  404 403    403         403          404
quality                       | 200           403  200 403    403         403          200
quality/exam/{exam}           | 200           403  200 403    403         403          200
quality/exam/0                | 404           404  404 403    403         403          404
quality/indicators            | 200           403  200 403    403         403          200
quality/actions               | 200           200  200 403    403         403          200
quality/actions/new           | 200           403  200 403    403         403          403
quality/actions/0             | 404           404  404 403    403         403          404
quality/technical             | 200           403  200 403    403         403          403
quality/technical/0           | 404           403  404 403    403         403          403
cannot-wait                   | 200           200  403 403    403         403          200
cannot-wait/0                 | 404           404  403 403    403         403          404
cannot-wait/exams/{exam}      | 200           200  403 403    403         403          200
cannot-wait/exams/0           | 404           404  403 403    403         403          404
at-scan                       | 200           200  403 403    403         403          200
at-scan/0                     | 403           404  403 403    403         403          403
queries                       | 200           200  200 403    403         403          200
queries/0                     | 404           404  404 403    403         403          404
readers/watch                 | 200           403  403 403    403         200          403
readers/watch/synovitis_change | 403          403  403 403    403         403          403
readers/alarms/0              | 404           403  403 403    403         404          403
readers/standing              | 200           403  403 403    403         200          200
readers/standing/elsewhere    | 200           403  403 403    403         403          403
readers/standing/0/synovitis_change | 404     403  403 403    403         404          404
readers/again                 | 200           403  403 403    403         403          403
readers/sets/synovitis_change | 200           403  403 403    403         403          403
readers/standing/0/synovitis_change/replace | 404 403 403 403 403         403          403
reading/qualification/0       | 404           403  403 404    404         404          404
reading/standing              | 403           403  403 200    200         403          403
people                        | 200           403  403 403    403         403          403
sites                         | 200           200  200 403    403         403          200
sites/leeds/open              | 200           403  403 403    403         403          403
scanners                      | 200           200  200 403    403         403          200
scanners/{scanner}            | 200           200  200 403    403         403          200
scanners/{scanner}/phantoms/acr_mri | 200     200  200 403    403         403          200
scanners/{scanner}/phantoms/none | 404        404  404 403    403         403          404
scanners/0                    | 404           404  404 403    403         403          404
scanners/changes/0            | 403           403  404 403    403         403          403
scanners/bookings/{slot}      | 200           403  403 403    403         403          403
phantoms                      | 200           200  200 403    403         403          200
phantoms/send                 | 403           200  200 403    403         403          403
phantoms/by-hand              | 403           200  200 403    403         403          403
phantoms/0                    | 404           404  404 403    403         403          404
plan                          | 200           200  200 403    403         200          200
plan/versions                 | 200           200  200 403    403         200          200
plan/rejudging                | 200           200  200 403    403         403          200
data/agreement                | 403           403  403 403    403         200          403
data/accuracy                 | 403           403  403 403    403         200          403
plan/flow                     | 200           200  200 403    403         200          200
plan/documents                | 200           200  200 403    403         200          200
plan/work                     | 200           200  200 403    403         200          200
plan/work/consideration:none  | 404           404  404 403    403         404          404
plan/domains/economics/sign   | 200           200  200 403    403         200          200
plan/amendments               | 200           200  200 200    200         200          200
plan/amendments/new           | 200           403  403 403    403         403          403
plan/start                    | 200           403  403 403    403         403          403
plan/start/start              | 200           403  403 403    403         403          403
plan/start/nothing            | 404           403  403 403    403         403          403
plan/amendments/0             | 404           404  404 404    404         404          404
plan/flow/closed              | 200           200  200 403    403         200          200
plan/file/study.yaml          | 200           200  200 403    403         200          200
plan/file/nothing.yaml        | 404           404  404 403    403         404          404
ledger                        | 200           200  200 403    403         200          200
"""


def expected_of(role):
    _, *lines = MAY_OPEN.strip().splitlines()
    rows = (line.partition("|") for line in lines)
    return {
        page.strip(): int(statuses.split()[ROLES.index(role)])
        for page, _, statuses in rows
    }


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role(role, as_member, make_member, participant, judged_exam):
    client = as_member(make_member(role, "leeds" if role == "site" else ""))
    scanner = participant.site.scanners.get(code="mr_l1")
    numbers = {"slot": participant.slots.first().pk, "exam": judged_exam().pk, "scanner": scanner.pk}  # fmt: skip

    answers = {
        page: client.get(f"/s/arthur-2/{page.format(**numbers)}")
        for page in expected_of(role)
    }

    assert expected_of(role) == {
        page: answer.status_code for page, answer in answers.items()
    }
    assert all("Provident</title>" in answer.text for answer in answers.values())


def test_another_site_sees_none_of_it(as_member, make_member, participant, judged_exam):
    client = as_member(make_member("site", "york"))
    pages = [
        "matrix",
        "participants/L-101",
        f"slots/{participant.slots.first().pk}",
        f"exams/{judged_exam().pk}",
    ]

    answers = [client.get(f"/s/arthur-2/{page}") for page in pages]

    assert [a.status_code for a in answers] == [200, 404, 404, 404]
    assert not [a for a in answers if "L-101" in a.text]


def test_without_a_role_the_study_does_not_exist(as_member, make_member, client, study):
    from provident.web.people.models import User

    client.force_login(
        User.objects.create(username="nobody"),
        backend="django.contrib.auth.backends.ModelBackend",
    )

    assert client.get("/s/arthur-2/matrix").status_code == 404


def test_who_is_not_logged_in_is_asked_to(client, study):
    answer = client.get("/s/arthur-2/matrix?state=late")

    assert answer.status_code == 302
    assert answer.url == "/login?next=%2Fs%2Farthur-2%2Fmatrix%3Fstate%3Dlate"


@pytest.mark.parametrize("role", ROLES)
def test_every_page_says_what_the_person_is_blind_to(
    role, as_member, make_member, participant
):
    client = as_member(make_member(role, "leeds" if role == "site" else ""))

    answer = client.get("/s/arthur-2/")

    assert "You are blind to" in answer.text
    assert "arm." in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_at_most_seven_places_and_each_can_be_opened(
    role, as_member, make_member, participant
):
    import re

    client = as_member(make_member(role, "leeds" if role == "site" else ""))
    nav = (
        client.get("/s/arthur-2/")
        .text.split('aria-label="Places"')[1]
        .split("</nav>")[0]
    )
    places = re.findall(r'href="([^"]+)"', nav)

    assert 1 <= len(places) <= 7
    assert {200} == {client.get(place).status_code for place in places}


def test_pages_carry_no_inline_style_or_script(
    as_member, make_member, participant, judged_exam
):
    client = as_member(make_member("trial_manager"))
    for page in ("", "matrix", f"exams/{judged_exam().pk}", "plan", "ledger", "people"):
        text = client.get(f"/s/arthur-2/{page}").text

        assert " style=" not in text
        assert "<script>" not in text


def test_the_policy_allows_this_server_alone(client, db):
    policy = client.get("/login").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
