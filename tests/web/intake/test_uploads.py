"""Handing in with a browser: images go on, everything else is answered with words, and all of it is counted."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from provident.adapters.gateway.work import status
from provident.web.exams.models import Exam
from tests.peers.scans import exam, mr


@pytest.fixture
def nurse(make_member, as_member, gateway):
    """A browser of somebody at leeds."""
    return as_member(make_member("site", "leeds"))


def zipped(entries, **how) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def hand_in(nurse, study, *files):
    """Each file in a request of its own, as the page's script does; returns the answers and the page after."""
    told = nurse.post(f"/s/{study.slug}/transfers/api/uploads").json()
    answers = [
        nurse.post(told["file"], data=data, content_type="application/octet-stream")
        for data in files
    ]
    after = nurse.post(told["finish"]).json()["next"]
    return answers, after


def test_a_folder_goes_from_the_browser_to_the_centre(
    nurse, study, participant, work, gateway
):
    answers, after = hand_in(nurse, study, *exam(3, patient_id="L-101"))
    assert [a.json()["images"] for a in answers] == [1, 1, 1]
    assert "on the way" in nurse.get(after).content.decode()

    work.settle()

    page = nurse.get(after).content.decode()
    assert "received by the centre" in page
    assert "L-101" in page
    assert "Everything is accounted for" in page
    assert Exam.objects.get().received == 3


def test_a_zip_works_without_javascript(nurse, study, participant, work, gateway):
    data = zipped((f"a/b/{n}", d) for n, d in enumerate(exam(3, patient_id="L-101")))
    answer = nurse.post(
        f"/s/{study.slug}/transfers/new",
        {"archive": SimpleUploadedFile("exam.zip", data)},
    )
    work.settle()

    assert answer.status_code == 302
    assert Exam.objects.get().received == 3
    assert len(gateway.vault.names()) == 3  # the archive itself is gone


def test_a_form_without_a_file_says_so(nurse, study):
    answer = nurse.post(f"/s/{study.slug}/transfers/new", {})

    assert answer.status_code == 422
    assert "Choose a ZIP archive" in answer.content.decode()


def test_a_forged_form_is_refused(make_member, gateway, study):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_member("site", "leeds").user, backend="django.contrib.auth.backends.ModelBackend")  # fmt: skip
    data = {"archive": SimpleUploadedFile("exam.zip", zipped([("a", b"x")]))}

    assert browser.post(f"/s/{study.slug}/transfers/new", data).status_code == 403
    assert gateway.vault.names() == set()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0 a photograph" * 50, "not a DICOM image"),
        (b"hello", "not a DICOM image"),
    ],
)
def test_what_is_no_image_is_refused_at_the_door(nurse, study, gateway, data, words):
    [answer], after = hand_in(nurse, study, data)

    assert answer.json()["images"] == 0
    assert words in answer.json()["left_out"][0]["words"]
    assert "No image was found" in nurse.get(after).content.decode()
    assert "Left out" in nurse.get(after).content.decode()
    assert status(gateway)["received"] == 0
    assert gateway.vault.names() == set()


def test_a_directory_of_a_cd_is_left_out_and_its_images_are_taken(nurse, study, gateway):  # fmt: skip
    from pydicom.data import get_testdata_file

    data = Path(get_testdata_file("DICOMDIR", download=False)).read_bytes()
    [one, other], _ = hand_in(nurse, study, data, mr())

    assert "DICOMDIR" in one.json()["left_out"][0]["words"]
    assert other.json()["images"] == 1


def test_a_damaged_image_is_taken_and_held_with_its_reason(
    nurse, study, participant, work, gateway
):
    [answer], after = hand_in(nurse, study, mr(patient_id="L-101")[:3000])
    work.settle()

    assert answer.json()["images"] == 1
    page = nurse.get(after).content.decode()
    assert "held back" in page
    assert "cut off before its end" in page


def refused(nurse, study, gateway, data) -> str:
    [answer], _ = hand_in(nurse, study, data)
    assert answer.status_code == 400
    assert status(gateway)["received"] == 0
    assert gateway.vault.names() == set()
    return answer.json()["message"]


def test_a_zip_bomb_is_answered_with_words(nurse, study, gateway):
    bomb = zipped([("a", bytes(200 * 2**20))])
    assert len(bomb) < 2**20

    assert "as if made to fill a disk" in refused(nurse, study, gateway, bomb)


def test_a_zip_that_lies_about_its_size_is_stopped_while_it_unpacks(
    nurse, study, gateway
):
    bomb = bytearray(zipped([("a", bytes(64 * 2**20))]))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (100).to_bytes(4, "little")

    [answer], _ = hand_in(nurse, study, bytes(bomb))
    assert status(gateway)["received"] == 0
    assert gateway.vault.names() == set()
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil"]
)
def test_names_that_lead_out_of_an_archive_refuse_it(nurse, study, gateway, name):
    data = zipped([("good", mr()), (name, mr(number=2))])

    assert "lead out of it" in refused(nurse, study, gateway, data)


def test_an_archive_with_too_many_files_is_refused(nurse, study, gateway, monkeypatch):
    from provident.adapters.gateway import uploads

    monkeypatch.setattr(uploads, "MOST_ENTRIES", 3)
    data = zipped((str(n), b"x") for n in range(4))

    assert "more than 3 files" in refused(nurse, study, gateway, data)


def test_a_file_that_only_begins_like_an_archive_is_answered_with_words(nurse, study, gateway):  # fmt: skip
    assert "cannot be opened" in refused(nurse, study, gateway, b"PK\x03\x04 and no more")  # fmt: skip


def test_links_and_archives_inside_an_archive_are_left_out_and_told(nurse, study, gateway):  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", zipped([("x", mr())]))
        archive.writestr("image", mr())
    [answer], _ = hand_in(nurse, study, out.getvalue())

    words = " ".join(row["words"] for row in answer.json()["left_out"])
    assert answer.json()["images"] == 1
    assert "link" in words
    assert "archive inside" in words


def test_a_protected_archive_is_left_out_and_told(nurse, study, gateway):
    data = bytearray(zipped([("a", mr())]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1

    [answer], _ = hand_in(nurse, study, bytes(data))
    assert "password" in answer.json()["left_out"][0]["words"]


def test_a_damaged_entry_is_left_out_and_told(nurse, study, gateway):
    data = bytearray(zipped([("a", mr())]))
    data[200:260] = bytes(60)

    [answer], _ = hand_in(nurse, study, bytes(data))
    assert "damaged" in answer.json()["left_out"][0]["words"]


def test_nothing_handed_in_lies_on_the_disk_in_clear(nurse, study, gateway, tmp_path, monkeypatch):  # fmt: skip
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    data = zipped((str(n), mr(number=n, side=256)) for n in range(20))
    nurse.post(f"/s/{study.slug}/transfers/new", {"archive": SimpleUploadedFile("e.zip", data)})  # fmt: skip

    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"HARGREAVES" not in path.read_bytes()


def test_another_s_upload_cannot_be_added_to(nurse, study, make_member, as_member, gateway):  # fmt: skip
    told = nurse.post(f"/s/{study.slug}/transfers/api/uploads").json()
    other = as_member(make_member("site", "leeds", "other"))

    answer = other.post(told["file"], data=mr(), content_type="application/octet-stream")  # fmt: skip
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["trial_manager", "qc", "reader", "statistician"])
def test_only_a_site_sends(role, make_member, as_member, study, gateway):
    browser = as_member(make_member(role))

    assert browser.get(f"/s/{study.slug}/transfers/new").status_code == 403
    assert browser.post(f"/s/{study.slug}/transfers/api/uploads").status_code == 403
