"""The transfer test of a site: planted identifiers go through the real gateway; the centre judges and keeps nothing of them."""

from __future__ import annotations

import json

import pytest

from provident import deid
from provident.adapters.gateway import acceptance, testing
from provident.adapters.signing import Signer
from provident.kernel import Refused
from provident.web.exams.models import Exam
from provident.web.exams.objects import object_store
from provident.web.intake import selectors
from provident.web.intake.models import Quarantine, TransferTest
from provident.web.ledger.selectors import events
from provident.web.sites.models import Site
from provident.web.sites.standing import standing


def test_a_site_passes_and_nothing_of_the_images_is_stored(
    gateway, centre, clock, study, site
):
    result = testing.transfer_test(gateway, centre, clock)

    assert result == {"outcome": "passed", "findings": []}
    row = TransferTest.objects.get()
    assert (row.files, row.outcome, row.site) == (len(acceptance.files()), "passed", site)  # fmt: skip
    assert selectors.latest_tests(site, 1) == [row]
    assert Exam.objects.count() == Quarantine.objects.count() == 0
    assert list(object_store().keys()) == []
    assert gateway.spool.ids() == set()
    assert gateway.crosswalk.linked() == 0
    assert not list(gateway.root.glob("test-*"))
    [event] = [e for e in events(study.slug) if e.action == "site.transfer_tested"]
    assert event.content["outcome"]["new"] == "passed"
    assert gateway.ledger.events()[-1]["action"] == "transfer.tested"


def test_what_the_profile_holds_is_accounted_for(gateway, centre, clock):
    testing.transfer_test(gateway, centre, clock)

    rows = {r["name"]: r["code"] for r in TransferTest.objects.get().manifest["files"]}
    assert rows["document"] == "DEID.DOCUMENT_NEEDS_REVIEW"
    assert rows["burned-in-text"] in ("DEID.PIXELS_NEED_REVIEW", "")
    assert rows["mr-first-1"] == rows["report"] == rows["ct-implicit"] == ""


def passing_through(monkeypatch, change):
    """A gateway whose de-identification is broken in one way."""
    from provident.adapters.gateway import deidentifying

    whole = deidentifying.make_ready

    def broken(original, **told):
        made = whole(original, **told)
        if isinstance(made, str):
            return made
        import hashlib
        from dataclasses import replace

        data = change(original, made[1])
        return replace(made[0], sha256=hashlib.sha256(data).hexdigest(), size=len(data)), data  # fmt: skip

    monkeypatch.setattr(deidentifying, "make_ready", broken)


def edit(data, **values):
    import io

    import pydicom

    ds = pydicom.dcmread(io.BytesIO(data))
    for name, value in values.items():
        if value is None and name in ds:
            delattr(ds, name)
        elif value is not None:
            setattr(ds, name, value)
    out = io.BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda old, new: old, "a planted identifier is left"),
        (lambda old, new: old, "an original UID is left"),
        (lambda old, new: edit(new, PatientIdentityRemoved="NO"), "does not say how it was de-identified"),
        (lambda old, new: edit(new, RepetitionTime=None), "RepetitionTime was lost"),
        (lambda old, new: edit(new, StudyDate="20200101"), "The interval between two exams was lost"),
        (lambda old, new: edit(new, ContentSequence=None), "does not point to its image"),
        (lambda old, new: edit(new, StudyComments="seen by Quibblewick"), "a planted identifier is left"),
    ],
)  # fmt: skip
def test_a_broken_gateway_fails_and_is_told_why(
    gateway, centre, clock, monkeypatch, change, says
):
    passing_through(monkeypatch, change)

    result = testing.transfer_test(gateway, centre, clock)

    assert result["outcome"] == "failed"
    assert any(says in words for words in result["findings"])
    assert not any("Quibblewick" in words for words in result["findings"])


def test_a_useful_file_that_is_held_fails_the_test(gateway, centre, clock, monkeypatch):
    from provident.adapters.gateway import deidentifying

    monkeypatch.setattr(deidentifying, "make_ready", lambda original, **told: "QUARANTINE.HELD")  # fmt: skip

    result = testing.transfer_test(gateway, centre, clock)

    assert result["outcome"] == "failed"
    assert any("mr-first-1: held back" in words for words in result["findings"])


def test_another_signing_key_than_before_is_refused(gateway, centre, clock):
    testing.transfer_test(gateway, centre, clock)
    (gateway.root / "signing-key").unlink()

    with pytest.raises(Refused, match="signs with another key"):
        testing.transfer_test(gateway, centre, clock)
    assert TransferTest.objects.count() == 1


def test_a_manifest_that_was_changed_is_refused(gateway, centre):
    told = {"study": "arthur-2", "site": "leeds", "software": "1", "plan": {"version": "1"}, "profile": {"hash": "0"}, "files": []}  # fmt: skip
    signer = Signer(bytes(32))
    signed = {"public_key": signer.public, "signature": signer.sign(testing.PURPOSE, told)}  # fmt: skip

    with pytest.raises(Refused, match="not signed"):
        centre.transfer_test({"told": {**told, "software": "2"}, **signed}, [])
    with pytest.raises(Refused, match="may not test for that site"):
        centre.transfer_test({"told": {**told, "site": "york"}, **signed}, [])
    with pytest.raises(Refused, match="not of its form"):
        centre.transfer_test({"told": {"files": [{}]}, **signed}, [])
    result = centre.transfer_test({"told": told, **signed}, [])
    assert result["outcome"] == "failed"
    assert "mr-first-1: it is not accounted for." in result["findings"]


def test_the_page_asks_the_gateway_and_shows_the_result(
    gateway, work, make_member, as_member, study, django_capture_on_commit_callbacks
):
    nurse = as_member(make_member("site", "leeds"))
    page = f"/s/{study.slug}/transfers/tests"
    assert "not tested" in nurse.get(page).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        assert nurse.post(f"{page}/ask").status_code == 302
    work.settle()

    shown = nurse.get(page).content.decode()
    assert "passed" in shown
    assert "York" not in shown
    manager = as_member(make_member("trial_manager"))
    shown = manager.get(page).content.decode()
    assert "York" in shown
    assert shown.count("not tested") == 2
    assert manager.post(f"{page}/ask").status_code == 403


def test_a_test_by_another_profile_counts_no_longer(gateway, centre, clock, study, make_member, as_member):  # fmt: skip
    testing.transfer_test(gateway, centre, clock)
    Site.objects.update(tested_profile="0" * 64)

    page = as_member(make_member("trial_manager")).get(f"/s/{study.slug}/transfers/tests")  # fmt: skip

    assert "profile has changed since" in page.content.decode()


def test_a_test_with_another_version_of_provident_counts_no_longer(gateway, work, centre, clock, site):  # fmt: skip
    testing.transfer_test(gateway, centre, clock)
    site.refresh_from_db()
    assert standing(site).holds

    Site.objects.update(runs_software="99.1")
    site.refresh_from_db()

    assert standing(site).state == "out of date"
    assert "now runs 99.1" in standing(site).words


def test_the_sites_page_shows_what_the_gateway_runs(gateway, work, study, make_member, as_member):  # fmt: skip
    work.settle()  # the second question tells what the first brought

    page = as_member(make_member("trial_manager")).get(f"/s/{study.slug}/sites/leeds/images").content.decode()  # fmt: skip

    assert "the one in force" in page
    assert "never tested" in page
    assert [e.content["software"]["new"] for e in events(study.slug) if e.action == "gateway.runs"] == [acceptance_version()]  # fmt: skip


def acceptance_version():
    from importlib.metadata import version

    return version("provident")


def test_a_site_sees_its_own_page_alone(gateway, study, make_member, as_member):
    nurse = as_member(make_member("site", "leeds"))

    assert nurse.get(f"/s/{study.slug}/sites/leeds/images").status_code == 200
    assert nurse.get(f"/s/{study.slug}/sites/york/images").status_code == 404
    assert as_member(make_member("reader")).get(f"/s/{study.slug}/sites/leeds/images").status_code == 403  # fmt: skip


def test_the_planted_files_are_always_the_same_and_full_of_identifiers():
    first, again = acceptance.files(), acceptance.files()

    assert [p.data for p in first] == [p.data for p in again]
    for planted in first:
        found = {leak.kind for leak in deid.verify(planted.data, identifiers=acceptance.IDENTIFIERS, profile=_profile())}  # fmt: skip
        assert {"name", "number"} <= found
    assert "Quibblewick" not in json.dumps([p.name for p in first])


def _profile():
    from provident import plan, programme
    from tests.web.conftest import ROOT

    return programme.deid_profile(plan.load(ROOT / "plans/arthritis-demo").plan, "leeds")  # fmt: skip
