"""Sites are opened on grounds; changes of scanners are accepted with what the check showed."""

from __future__ import annotations

import pytest

from provident.web.sites.actions import observe_scanner


@pytest.fixture
def changed(site, by, clock):
    """A scanner of leeds whose software changed."""
    scanner = site.scanners.first()
    for uid, version in (("1.2", "XA50"), ("1.3", "XA60")):
        made = observe_scanner(
            scanner=scanner,
            observed={"software": version},
            exam_uid=uid,
            by=by,
            clock=clock,
        )
    return made[0]


def test_a_site_is_opened_with_a_reason(as_member, make_member, study):
    study.sites.filter(code="york").update(activated_at=None)
    client = as_member(make_member("trial_manager"))
    page = "/s/arthur-2/sites/york/open"

    assert "Open York" in client.get("/s/arthur-2/sites").text
    assert client.post(page, {"reason": " "}).status_code == 422
    assert (
        "York is open"
        in client.post(page, {"reason": "transfer test of 3 March"}, follow=True).text
    )
    assert study.sites.get(code="york").activated_at is not None


def test_a_change_waits_for_quality_control_until_it_is_accepted(
    as_member, make_member, changed
):
    client = as_member(make_member("qc"))
    page = f"/s/arthur-2/scanners/{changed.pk}"

    assert "software XA50 → XA60" in client.get("/s/arthur-2/").text
    assert client.post(page, {"outcome": ""}).status_code == 422
    assert (
        "The change is accepted"
        in client.post(page, {"outcome": "phantom within limits"}, follow=True).text
    )
    assert "software XA50 → XA60" not in client.get("/s/arthur-2/").text


@pytest.mark.parametrize(("role", "where"), [("site", "leeds"), ("monitor", "")])
def test_nobody_else_accepts_a_change(as_member, make_member, changed, role, where):
    client = as_member(make_member(role, where))

    assert (
        client.post(
            f"/s/arthur-2/scanners/{changed.pk}", {"outcome": "fine"}
        ).status_code
        == 403
    )


def test_a_site_sees_its_own_scanners_alone(as_member, make_member, study):
    text = as_member(make_member("site", "york")).get("/s/arthur-2/sites").text

    assert "PROV_YORK" in text
    assert "PROV_LEEDS" not in text
