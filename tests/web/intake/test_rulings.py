"""What people of a site decide in a review: words for the whole site, attributes and regions for an exam's images."""

from __future__ import annotations

import io
import re

import numpy as np
import pydicom
import pytest

from provident.adapters.gateway.rulings import Rectangle, Signed
from provident.adapters.gateway.work import status
from provident.kernel import InvalidInput
from provident.web.exams.models import Series
from provident.web.exams.objects import object_store
from provident.web.exams.selectors import instance_keys
from provident.web.intake.models import Quarantine, Transfer
from provident.web.ledger.selectors import events
from tests.peers.scans import mr


WORD = "Brannoxley"


@pytest.fixture
def nurse(make_member, as_member, study):
    return as_member(make_member("site", "leeds"))


@pytest.fixture
def held(land, work, participant):
    """Three images of two series, whose description has a word that nobody approved."""
    text = f"T1 SE COR {WORD}"
    land([mr(patient_id="L-101", number=n, series=s, description=text) for s, n in ((1, 1), (1, 2), (2, 1))])  # fmt: skip
    work.settle()
    return Quarantine.objects.get(code="DEID.TEXT_NEEDS_REVIEW")


@pytest.fixture
def sent(land, work, participant):
    """One image that passed."""
    land([mr(patient_id="L-101", number=1)])
    work.settle()
    return Transfer.objects.get()


def stored():
    """The images at the centre."""
    keys = [key for series in Series.objects.all() for key in instance_keys(series)]
    return [pydicom.dcmread(io.BytesIO(object_store().read(key))) for key in keys]


# words


def words_of(client, study, of="waiting"):
    return client.post(f"/s/{study.slug}/quarantine/words", {"of": of}).content.decode()


def test_each_value_is_shown_once_with_how_often_it_occurs(nurse, study, held, gateway):
    page = words_of(nurse, study)

    row = re.search(rf"<tr>(?:(?!</tr>).)*{WORD}.*?</tr>", page, re.S)[0]
    assert [int(n) for n in re.findall(r'class="n">(\d+)<', row)] == [
        2,
        3,
    ]  # series, files
    assert len(re.findall(r'name="approved"', page)) == 1
    assert gateway.ledger.events()[-1]["action"] == "words.reviewed"
    assert [e for e in events(study.slug) if e.action == "quarantine.words_reviewed"]


def test_values_are_not_shown_before_somebody_asks(nurse, study, held):
    assert WORD not in nurse.get(f"/s/{study.slug}/quarantine/words").content.decode()


def approve(client, study, page, **more):
    [reference] = re.findall(r'name="approved" value="([0-9a-f]{16})"', page)
    told = {"of": "waiting", "approved": reference, "why": "the protocol's name", **more}  # fmt: skip
    return client.post(f"/s/{study.slug}/quarantine/words/approve", told)


def test_approved_once_it_holds_for_the_whole_site(nurse, study, held, gateway, work, land):  # fmt: skip
    answer = approve(nurse, study, words_of(nurse, study)).content.decode()
    assert f"SeriesDescription,T1 SE COR {WORD}" in answer

    land([mr(patient_id="L-101", study="1.2.826.0.1.3680043.10.1.7", description=f"T1 SE COR {WORD}", date="20260525")], "s2")  # fmt: skip
    work.settle()

    assert status(gateway)["sent"] == 1  # later images of that word do not wait
    [image] = stored()
    assert image.SeriesDescription == f"T1 SE COR {WORD}"
    profile = Transfer.objects.get().profile
    assert profile["hash"] == gateway_profile(study)  # the signed one, not the site's


def gateway_profile(study):
    from provident.web.sites.standing import profile_hash

    return profile_hash(study.sites.get(code="leeds"))


def test_approving_without_a_reason_or_a_value_is_refused(nurse, study, held, gateway):
    page = words_of(nurse, study)

    assert approve(nurse, study, page, why=" ").status_code == 422
    assert approve(nurse, study, page, approved="0" * 16).status_code == 422
    assert approve(nurse, study, page, approved="").status_code == 422
    assert not gateway.rulings.approved()


def test_an_approval_is_taken_back_with_a_reason(nurse, study, held, gateway):
    approve(nurse, study, words_of(nurse, study))
    [kept] = gateway.rulings.approved()
    path = f"/s/{study.slug}/quarantine/words/withdraw"

    assert nurse.post(path, {"reference": kept.reference, "why": ""}).status_code == 400
    assert nurse.post(path, {"reference": kept.reference, "why": "a name after all"}).status_code == 302  # fmt: skip
    assert nurse.post(path, {"reference": kept.reference, "why": "x"}).status_code == 404  # fmt: skip
    assert not gateway.rulings.approved()


def test_words_of_what_was_sent_can_be_looked_at_too(nurse, study, sent):
    page = words_of(nurse, study, "sent")

    assert "T1 SE COR" in page
    assert "known words" in page
    assert nurse.post(f"/s/{study.slug}/quarantine/words", {"of": "all"}).status_code == 400  # fmt: skip


@pytest.mark.parametrize("role", ["qc", "trial_manager", "monitor", "reader"])
def test_nobody_but_the_site_sees_words(role, make_member, as_member, study, held):
    client = as_member(make_member(role))

    assert client.post(f"/s/{study.slug}/quarantine/words", {"of": "waiting"}).status_code == 403  # fmt: skip


# attributes


def test_a_marked_attribute_goes_from_these_images(nurse, study, held, gateway, work):
    told = {"marked": "SeriesDescription", "why": "staff sign there", "then": "rerun"}
    assert nurse.post(f"/s/{study.slug}/quarantine/{held.pk}/review/rule", told).status_code == 302  # fmt: skip
    work.settle()

    assert status(gateway)["sent"] == 3
    assert not any(image.get("SeriesDescription") for image in stored())
    assert all(image.EchoTime == 12 for image in stored())


# regions


REGION = {"image": 0, "left": 2, "top": 4, "right": 20, "bottom": 12}


@pytest.fixture
def examined(land, work, participant, monkeypatch):
    """An image in which something looks like text, held."""
    from provident.deid import pixels
    from provident.deid.pixels import Looked

    monkeypatch.setattr(
        pixels, "look", lambda data, **told: Looked("pixels_need_review")
    )
    land([mr(patient_id="L-101", number=1, shade=200)])
    work.settle()
    return Quarantine.objects.get(code="DEID.PIXELS_NEED_REVIEW")


def test_a_marked_region_is_painted_in_every_image_of_its_series(nurse, study, examined, gateway, work, land):  # fmt: skip
    base = f"/s/{study.slug}/quarantine/{examined.pk}"
    [before] = [i.pixel_array for i in originals(gateway)]

    page = nurse.post(f"{base}/review/mark", {**REGION, "why": "a name"}).content.decode()  # fmt: skip
    assert "2, 4, 20, 12" in page
    nurse.post(f"{base}/decide", {"act": "release", "reason": "looked"})
    land([mr(patient_id="L-101", number=2, shade=200)], "late")
    work.settle()

    assert status(gateway)["sent"] == 2
    images = stored()
    assert len(images) == 2
    for image in images:
        assert len(np.unique(image.pixel_array[4:12, 2:20])) == 1
        assert np.array_equal(image.pixel_array[20:, 30:], before[20:, 30:]) or image.InstanceNumber == 2  # fmt: skip
        assert image.BurnedInAnnotation == "NO"
        codes = {c.CodeValue for c in image.DeidentificationMethodCodeSequence}
        assert "113101" in codes
    marked = [e for e in gateway.ledger.events() if e["action"] == "hold.marked"]
    assert [(e["actor"], e["details"]["why"]) for e in marked] == [("site-leeds", "a name")]  # fmt: skip


def originals(gateway):
    return [pydicom.dcmread(io.BytesIO(gateway.vault.get(a.id))) for a in gateway.spool.arrivals("state = 'held'")]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"why": ""}, "Say why"),
        ({"right": 2000}, "inside the image"),
        ({"right": 1}, "left edge before its right"),
        ({"left": ""}, "four edges"),
        ({"left": "x"}, "four edges"),
        ({"image": 99}, "no such image"),
    ],
)
def test_a_region_that_does_not_fit_is_refused_in_words(nurse, study, examined, gateway, change, says):  # fmt: skip
    told = {**REGION, "why": "a name", **change}

    answer = nurse.post(f"/s/{study.slug}/quarantine/{examined.pk}/review/mark", told)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not gateway.rulings.painted(examined_exam(gateway))


def examined_exam(gateway):
    return gateway.spool.holds()[0].exam


def test_a_region_is_taken_back(nurse, study, examined, gateway):
    base = f"/s/{study.slug}/quarantine/{examined.pk}/review"
    nurse.post(f"{base}/mark", {**REGION, "why": "a name"})
    [marked] = gateway.rulings.painted(examined_exam(gateway))

    assert nurse.post(f"{base}/unmark/{marked.number}").status_code == 200
    assert not gateway.rulings.painted(examined_exam(gateway))
    assert nurse.post(f"{base}/unmark/{marked.number}").status_code == 404


def test_pictures_before_and_after_are_for_the_site_alone(nurse, study, examined, gateway, make_member):  # fmt: skip
    base = f"/s/{study.slug}/quarantine/{examined.pk}/review/pictures"
    nurse.post(f"{base[:-9]}/mark", {**REGION, "why": "a name"})

    before, after = (nurse.get(f"{base}/0/{which}").content for which in ("before", "after"))  # fmt: skip

    assert before[:4] == after[:4] == b"\x89PNG"
    assert before != after
    from django.test import Client

    other = Client()
    other.force_login(make_member("qc").user, backend="django.contrib.auth.backends.ModelBackend")  # fmt: skip
    assert other.get(f"{base}/0/before").status_code == 403


# what was sent, and gateways elsewhere


def test_what_was_sent_is_reviewed_by_rule_and_at_the_site_by_value(nurse, study, sent, make_member):  # fmt: skip
    path = f"/s/{study.slug}/transfers/{sent.pk}"
    assert "Review what was taken out" in nurse.get(path).content.decode()

    assert "HARGREAVES" in nurse.post(f"{path}/review").content.decode()
    from django.test import Client

    other = Client()
    other.force_login(make_member("qc").user, backend="django.contrib.auth.backends.ModelBackend")  # fmt: skip
    page = other.post(f"{path}/review").content.decode()
    assert "Patient&#39;s Name" in page
    assert "HARGREAVES" not in page
    assert other.post(f"{path}/review/rule", {}).status_code == 403
    assert len([e for e in events(study.slug) if e.action == "transfer.reviewed"]) == 2


def test_a_gateway_elsewhere_is_looked_at_there(nurse, study, held, gateway):
    (gateway.root / "gateway.json").rename(gateway.root / "moved.json")

    page = nurse.get(f"/s/{study.slug}/quarantine").content.decode()

    assert "provident gateway review" in page
    assert "/review" not in page
    assert nurse.post(f"/s/{study.slug}/quarantine/{held.pk}/review").status_code == 404


@pytest.mark.parametrize("corners", [(5, 0, 5, 9), (9, 0, 5, 9), (-1, 0, 5, 9), (0, 9, 5, 3), (0, 0, 70000, 9)])  # fmt: skip
def test_a_region_that_is_none_is_refused(corners):
    with pytest.raises(InvalidInput):
        Rectangle(*corners)


def test_a_ruling_needs_a_reason():
    with pytest.raises(InvalidInput, match="Say why"):
        Signed("ana", "2026-11-24", "  ")
