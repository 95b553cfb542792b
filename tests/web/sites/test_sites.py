"""Sites are opened on grounds."""

from __future__ import annotations

import pytest

from provident.web.ledger.selectors import events
from provident.web.sites.standing import profile_hash


def test_a_site_is_opened_with_a_reason(as_member, make_member, study):
    study.sites.filter(code="york").update(activated_at=None)
    client = as_member(make_member("trial_manager"))
    page = "/s/arthur-2/sites/york/open"

    _test(study, "york", "passed")
    assert "Open York" in client.get("/s/arthur-2/sites").text
    assert "passed the transfer test" in client.get(page).text
    assert client.post(page, {"reason": " "}).status_code == 422
    assert "York is open" in client.post(page, {"reason": "survey accepted"}, follow=True).text  # fmt: skip
    assert study.sites.get(code="york").activated_at is not None


def _test(study, code, outcome, *, profile="", software="1.0"):
    """The latest transfer test of a site, as the intake notes it."""
    site = study.sites.get(code=code)
    site.test_outcome, site.tested_at = outcome, site.study.created_at
    site.tested_profile = profile or profile_hash(site)
    site.tested_software, site.runs_software = software, "1.0"
    site.save()


NEVER = "never passed the transfer test"


@pytest.mark.parametrize(
    ("test", "says"),
    [
        (None, NEVER),
        ({"outcome": "failed"}, "failed the latest transfer test"),
        ({"outcome": "passed", "profile": "0" * 64}, "profile has changed"),
        ({"outcome": "passed", "software": "0.9"}, "was tested with Provident 0.9"),
    ],
)
def test_a_site_without_a_test_that_holds_is_not_opened(as_member, make_member, study, test, says):  # fmt: skip
    study.sites.filter(code="york").update(activated_at=None)
    if test:
        _test(study, "york", **test)
    client = as_member(make_member("trial_manager"))

    answer = client.post("/s/arthur-2/sites/york/open", {"reason": "survey accepted"})

    assert answer.status_code == 422
    assert says in answer.text
    assert study.sites.get(code="york").activated_at is None
    assert says in client.get("/s/arthur-2/sites").text


def test_a_waiver_opens_it_and_is_on_record(as_member, make_member, study):
    study.sites.filter(code="york").update(activated_at=None)
    client = as_member(make_member("trial_manager"))
    told = {"reason": "survey accepted", "waiver": "urgent scan; test tomorrow"}

    client.post("/s/arthur-2/sites/york/open", told)

    assert study.sites.get(code="york").activated_at is not None
    event = [e for e in events(study.slug) if e.action == "site.activated"][-1]
    assert event.content["transfer_test"]["new"] == "none"
    assert event.content["waived_because"]["new"] == "urgent scan; test tomorrow"


def test_where_the_test_holds_a_waiver_is_not_asked_for_nor_kept(as_member, make_member, study):  # fmt: skip
    study.sites.filter(code="york").update(activated_at=None)
    _test(study, "york", "passed")
    client = as_member(make_member("trial_manager"))
    assert 'name="waiver"' not in client.get("/s/arthur-2/sites/york/open").text

    client.post("/s/arthur-2/sites/york/open", {"reason": "all done", "waiver": "x"})

    event = [e for e in events(study.slug) if e.action == "site.activated"][-1]
    assert event.content["transfer_test"]["new"] == "passed"
    assert event.content["waived_because"]["new"] == ""


@pytest.mark.parametrize("role", ["site", "qc", "monitor"])
def test_nobody_else_opens_or_waives(as_member, make_member, study, role):
    study.sites.filter(code="york").update(activated_at=None)
    client = as_member(make_member(role, "york" if role == "site" else ""))

    answer = client.post("/s/arthur-2/sites/york/open", {"reason": "x", "waiver": "y"})

    assert answer.status_code == 403


def test_a_site_sees_its_own_scanners_alone(as_member, make_member, study):
    text = as_member(make_member("site", "york")).get("/s/arthur-2/sites").text

    assert "PROV_YORK" in text
    assert "PROV_LEEDS" not in text
