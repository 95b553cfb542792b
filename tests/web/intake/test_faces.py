"""A held exam's face before and after, on the quarantine page of the site's own people."""

from __future__ import annotations

import pytest

from provident.adapters.gateway import faces
from provident.web.intake.models import Quarantine


PNG = b"\x89PNG and more"
WORDS = "More of the face or the ears is left than the plan allows."


@pytest.fixture
def held(land, work, gateway, study):
    """A hold whose exam's face was looked for."""
    from tests.peers.scans import mr

    land([mr(number=1)])
    work.settle()
    row = Quarantine.objects.get()
    row.code = faces.NEEDS_REMOVAL
    row.save()
    [hold] = gateway.spool.holds("id = ?", row.reference)
    report = {"words": {"face_left": WORDS}}
    gateway.keep_faces(hold.exam, faces.told(faces.Removed((), report, PNG)))
    return row


def test_the_site_sees_the_face_before_and_after_and_why_it_waits(
    held, make_member, as_member, study, gateway
):
    nurse = as_member(make_member("site", "leeds"))
    address = f"/s/{study.slug}/quarantine/{held.pk}"

    page = nurse.post(f"{address}/look").content.decode()
    answer = nurse.get(f"{address}/face")

    assert f'src="{address}/face"' in page
    assert WORDS in page
    assert (answer.content, answer["Content-Type"]) == (PNG, "image/png")
    assert "no-store" in answer["Cache-Control"]
    assert gateway.ledger.events()[-1]["action"] == "hold.face_seen"


@pytest.mark.parametrize("role", ["trial_manager", "monitor"])
def test_nobody_else_sees_it(held, make_member, as_member, study, role):
    other = as_member(make_member(role))

    answer = other.get(f"/s/{study.slug}/quarantine/{held.pk}/face")

    assert answer.status_code in (403, 404)
