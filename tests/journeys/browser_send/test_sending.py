"""The browser page in a real Chromium: from a folder of originals to a judged exam, with nothing identifying on the wire."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from bench.deid.made import ct_slices
from tests.journeys.test_pages import complaints, keep_picture, too_wide
from tests.peers.scans import exam, mr


pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSPHRASE = "violin harbour zebra cotton"
ORIGINAL = "1.2.826.0.1.3680043.10.1"  # the root of all original UIDs of these scans
PLANTED = (b"HARGREAVES", b"ELSPETH", b"1234567", b"ACC99812", b"OKONKWO", b"19610704", b"20260302", ORIGINAL.encode())  # fmt: skip


def open_page(page, platform) -> None:
    page.goto(f"{platform.address}/s/arthur-2/send/")
    page.locator("#send:not([hidden])").wait_for()
    page.locator("#participant option", has_text="L-101").wait_for(state="attached")


def unlock(page, passphrase: str = PASSPHRASE) -> None:
    page.fill("#passphrase", passphrase)
    page.press("#passphrase", "Enter")
    page.locator("#key-state", has_text="Open ·").wait_for()


def choose(page, participant: str, visit: str = "Baseline") -> None:
    page.select_option("#participant", participant)
    page.select_option("#slot", label=f"{visit} · MRI of both hands")
    page.locator("#drop:not([hidden])").wait_for()


def ready(page, platform, participant: str, visit: str = "Baseline") -> None:
    """At the page with the key open; the engine starts once, as for a person who sends several exams."""
    if "/send/" not in page.url or "Open ·" not in page.inner_text("#key-state"):
        open_page(page, platform)
        unlock(page)
    page.select_option("#participant", "")
    choose(page, participant, visit)


def folder_of(tmp_path: Path, files: list[bytes]) -> Path:
    folder = tmp_path / "cd"
    folder.mkdir()
    for number, data in enumerate(files):
        (folder / f"IM{number:03}").write_bytes(data)
    return folder


def hand_in(page, folder: Path) -> str:
    """Choose a folder; what the page says of it, on top and in its table."""
    page.evaluate("document.getElementById('problem').hidden = true")
    page.set_input_files("#folder", str(folder))
    said = page.locator(
        "#problem:not([hidden]), #result:not([hidden]) .say, #result:not([hidden]) .loss"
    )
    said.first.wait_for()
    return page.inner_text("#problem") + page.inner_text("#result")


def send(page) -> str:
    page.click("#send-now")
    page.locator("#result-content", has_text="Receipt").or_(page.locator("#problem:not([hidden])")).first.wait_for()  # fmt: skip
    return page.inner_text("#problem") + page.inner_text("#result")


def native(data: bytes, secret: bytes) -> bytes:
    """What the engine makes of a file natively, for the same key, participant and visit."""
    from provident import deid, plan, programme

    loaded = plan.load(Path(__file__).parents[3] / "plans/arthritis-demo").plan
    profile, key = programme.deid_profile(loaded, "leeds"), deid.SiteKey(secret)
    subject = deid.Subject(
        participant="L-101", date_shift_days=deid.date_shift(key, "L-101", profile),
        timepoint_id=programme.timepoint_id(loaded, "baseline"), timepoint_description="Baseline", day_offset=0,
        anchor=loaded.study.anchor.upper(),
    )  # fmt: skip
    return deid.deidentify(data, profile=profile, key=key, subject=subject).data


def test_a_site_makes_its_key_sends_an_exam_and_it_is_judged(page, platform, tmp_path):
    open_page(page, platform)
    keep_picture(page, tmp_path / "empty.png")
    assert complaints(page) == []
    page.get_by_text("Make a key", exact=True).click()
    page.fill("#new-passphrase", "leeds leeds 2026")
    page.fill("#again-passphrase", "leeds leeds 2026")
    page.get_by_role("button", name="Make the key").click()
    assert "too weak" in page.inner_text("#problem")
    page.fill("#new-passphrase", PASSPHRASE)
    page.fill("#again-passphrase", PASSPHRASE)
    page.get_by_role("button", name="Make the key").click()
    page.locator("#key-state", has_text="Open ·").wait_for()
    choose(page, "L-101")
    originals = exam(3)
    folder = folder_of(tmp_path, originals)
    (folder / "AUTORUN.INF").write_text("[autorun]")

    said = hand_in(page, folder)

    assert "3 images can leave" in said
    assert "T1 SE COR" in said
    assert "1 file left out: Not a DICOM file." in said
    assert "HARGREAVES" in page.inner_text("#person")
    assert platform.images() == {}  # nothing went before Send
    keep_picture(page, tmp_path / "working.png")
    assert complaints(page) == []
    assert "Sent, and every image is accounted for." in send(page)
    keep_picture(page, tmp_path / "done.png")
    assert complaints(page) == []
    assert page.wire.holds(*PLANTED, PASSPHRASE.encode()) == []
    assert page.problems == []

    wrapped = page.request.get(f"{platform.address}/s/arthur-2/send/key.json").json()
    from provident.adapters.gateway.sitekey import read_wrapped

    secret = read_wrapped(wrapped).unwrap(PASSPHRASE).secret
    assert page.wire.holds(secret, secret.hex().encode()) == []
    assert set(platform.images().values()) == {native(data, secret) for data in originals}  # fmt: skip
    platform.judge()
    page.goto(f"{platform.address}/s/arthur-2/exams/1")
    assert "2 Mar 2026" in page.inner_text("main")


def test_a_wrong_passphrase_says_so(page, platform, tmp_path):
    open_page(page, platform)
    page.fill("#passphrase", "violin harbour zebra cottom")
    page.press("#passphrase", "Enter")
    page.locator("#problem:not([hidden])").wait_for()

    assert "The passphrase is wrong." in page.inner_text("#problem")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert not page.locator("#drop").is_visible()
    keep_picture(page, tmp_path / "wrong.png")
    assert complaints(page) == []


def test_sending_again_changes_nothing(page, platform, tmp_path):
    before = platform.images()
    ready(page, platform, "L-101")
    hand_in(page, folder_of(tmp_path, exam(3)))

    assert "Receipt of transfer 1 " in send(page)
    assert platform.images() == before


def test_another_patient_at_the_second_visit_is_stopped(page, platform, tmp_path):
    ready(page, platform, "L-101", "Week 12")
    other = exam(2, patient_id="7654321", date="20260525", study=f"{ORIGINAL}.7")

    said = hand_in(page, folder_of(tmp_path, other))

    assert "another patient number than those sent for L-101" in said
    page.click("#send-now")
    assert "Say how you know" in page.inner_text("#problem")
    keep_picture(page, tmp_path / "another.png")
    assert complaints(page) == []


def test_the_same_patient_under_two_participants_is_stopped(page, platform, tmp_path):
    ready(page, platform, "L-102")

    said = hand_in(page, folder_of(tmp_path, exam(2)))

    assert "the patient whose images were sent for L-101" in said
    assert page.locator("#send-now").count() == 0


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([mr(), mr(patient_id="7654321", number=2)], "of several patients"),
        ([mr(patient_id="")], "No file carries a patient number"),
        ([b"no image at all"], "There is no DICOM image"),
        ([mr(patient_id="L-102")], "carry the trial number L-102"),
        ([mr(date="20260525", study=f"{ORIGINAL}.8")], "Week 12, not Baseline"),
        ([mr(date="20230101", study=f"{ORIGINAL}.9")], "far from any visit"),
    ],
    ids=["two patients", "nobody's", "not DICOM", "another participant", "another visit", "years before"],
)  # fmt: skip
def test_what_does_not_belong_is_refused_in_words(page, platform, tmp_path, files, words):  # fmt: skip
    ready(page, platform, "L-101")

    said = hand_in(page, folder_of(tmp_path, files))

    assert words in said
    assert page.locator("#send-now").count() == 0


def with_text() -> list[bytes]:
    """A series whose first image shows a name, and an ultrasound."""
    import numpy as np
    from PIL import Image, ImageDraw
    from pydicom import dcmread

    first = dcmread(io.BytesIO(mr(patient_id="55", number=1, side=256, study=f"{ORIGINAL}.5")))  # fmt: skip
    picture = Image.new("L", (256, 256), 20)
    ImageDraw.Draw(picture).text((20, 30), "HARGREAVES ELSPETH", fill=240, font_size=18)
    first.Rows = first.Columns = 256
    first.PixelData = np.asarray(picture).astype("<u2").tobytes()
    out = io.BytesIO()
    first.save_as(out)
    second = mr(patient_id="55", number=2, side=256, study=f"{ORIGINAL}.5")
    other = mr(patient_id="55", number=3, series=2, Modality="US", study=f"{ORIGINAL}.5")  # fmt: skip
    return [out.getvalue(), second, other]


def test_text_in_the_pixels_waits_with_its_whole_series(page, platform, tmp_path):
    ready(page, platform, "L-103")

    said = hand_in(page, folder_of(tmp_path, with_text()))

    assert "Nothing can leave yet." in said
    assert "Text may be burned into the image" in said
    assert "a series of slices leaves whole or not at all" in said
    assert "needs more than a browser has" in said
    keep_picture(page, tmp_path / "waits.png")
    assert complaints(page) == []


def test_an_archive_is_opened_and_a_narrow_screen_is_enough(page, platform, tmp_path):
    page.set_viewport_size({"width": 360, "height": 740})
    ready(page, platform, "L-101")
    packed = tmp_path / "exam.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(exam(3)):
            archive.writestr(f"DICOM/{number}", data)
    page.set_input_files("#files", str(packed))
    page.locator("#result .say").wait_for()

    assert "3 images can leave" in page.inner_text("#result")
    assert too_wide(page) <= 0
    keep_picture(page, tmp_path / "narrow.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_everything_can_be_done_with_the_keyboard(page, platform, tmp_path):
    open_page(page, platform)
    page.focus("#participant")
    page.keyboard.type("L-101")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Enter")
    page.locator("#drop:not([hidden])").wait_for()
    while page.evaluate("document.activeElement.id") != "folder":
        page.keyboard.press("Tab")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(str(folder_of(tmp_path, exam(3))))
    page.locator("#result .say").wait_for()

    assert page.evaluate("document.activeElement.id") == "result"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#result-content", has_text="Receipt").wait_for()


def test_a_lost_connection_is_gone_over_and_only_the_rest_is_sent(page, platform, tmp_path):  # fmt: skip
    ready(page, platform, "L-103")
    hand_in(page, folder_of(tmp_path, exam(2, patient_id="99", study=f"{ORIGINAL}.3")))
    lost = []

    def lose(route):
        if not lost:
            lost.append(1)
            route.abort()
        else:
            route.continue_()

    page.route("**/instances", lose)
    said = send(page)
    page.unroute("**/instances")

    assert lost == [1]
    assert "2 stored" in said


def test_a_long_series_goes_through_the_workers(
    page, platform, tmp_path, record_property
):
    """120 slices of 512 x 512; how many a second is recorded, and shown by `./dev bench browser`."""
    from pydicom import dcmread

    slices = []
    for data in ct_slices(120):
        ds = dcmread(io.BytesIO(data))
        ds.Modality, ds.PatientID, ds.AcquisitionDate = "MR", "1234567", "20260302"
        ds.SeriesDescription, ds.SOPClassUID = "T1", "1.2.840.10008.5.1.4.1.1.4"
        out = io.BytesIO()
        ds.save_as(out)
        slices.append(out.getvalue())
    ready(page, platform, "L-101")
    folder = folder_of(tmp_path, slices)
    before = renderers()

    said = hand_in(page, folder)

    # By the processors' time, headers and table included: others may compute beside us.
    pace = len(slices) / (renderers() - before)
    figures = {"a CPU-second": round(pace, 1), "by the clock": float(page.get_attribute("#send", "data-pace"))}  # fmt: skip
    record_property("slices_per_second", figures)
    print(f"slices of 512 x 512 in Chromium: {figures}")  # noqa: T201
    assert "120 images" in said


def renderers() -> float:
    """CPU-seconds of the renderer processes of this test's own browser (proc(5))."""
    tick, found, parents = os.sysconf("SC_CLK_TCK"), {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            told = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        parents[path.name] = told[1]
        if b"--type=renderer" in command:
            found[path.name] = (int(told[11]) + int(told[12])) / tick
    return sum(seconds for pid, seconds in found.items() if _is_ours(pid, parents))


def _is_ours(pid: str, parents: dict[str, str]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == str(os.getpid()):
            return True
    return False
