"""Opening a site, and scanner changes."""

from __future__ import annotations

import pytest

from provident.kernel import NotReady
from provident.web.sites import actions
from provident.web.sites.models import ScannerChange


pytestmark = pytest.mark.django_db


def seen(site, clock, by, software, uid="1"):
    scanner = site.scanners.filter(modality="MR").first()
    return actions.observe_scanner(
        scanner=scanner, observed={"software": software, "serial": "7"}, exam_uid=uid, by=by, clock=clock
    )


def test_the_first_image_of_a_scanner_is_no_change(site, clock, by):
    assert seen(site, clock, by, "XA50") == []


def test_a_changed_software_is_seen_on_the_first_changed_image(site, clock, by):
    seen(site, clock, by, "XA50")
    [change] = seen(site, clock, by, "XA60", "2")

    assert (change.fact, change.old, change.new, change.exam_uid) == ("software", "XA50", "XA60", "2")
    assert seen(site, clock, by, "XA60", "3") == []


def test_a_site_that_is_not_open_enrols_nobody(study, clock, by, site):
    from datetime import date

    from provident.web.participants.actions import enrol

    site.activated_at = None
    site.save()
    with pytest.raises(NotReady, match="not open yet"):
        enrol(site=site, anchor_on=date(2026, 3, 2), consent={}, by=by, clock=clock)


def test_the_trial_manager_opens_a_site_with_its_grounds(study, site, as_member, make_member):
    site.activated_at = None
    site.save()
    client = as_member(make_member("trial_manager"))
    address = f"/s/{study.slug}/sites/leeds/open"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "checklist"}).status_code == 302
    site.refresh_from_db()

    assert site.activated_at is not None
    assert as_member(make_member("qc")).post(address, {"reason": "x"}).status_code == 403


def test_quality_control_accepts_a_change_with_its_outcome(study, site, clock, by, as_member, make_member):
    seen(site, clock, by, "XA50")
    [change] = seen(site, clock, by, "XA60", "2")
    client = as_member(make_member("qc"))
    assert "XA50" in client.get(f"/s/{study.slug}/sites").content.decode()
    address = f"/s/{study.slug}/scanners/{change.pk}"
    assert client.post(address, {"outcome": ""}).status_code == 422
    assert client.post(address, {"outcome": "phantom within limits"}).status_code == 302

    assert ScannerChange.objects.get(pk=change.pk).closed_by == "qc"


def test_a_site_sees_itself_alone(study, as_member, make_member):
    page = as_member(make_member("site", "york")).get(f"/s/{study.slug}/sites").content.decode()

    assert "York" in page
    assert "Bradford" not in page
