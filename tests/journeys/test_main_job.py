"""The main job in one piece: from `storescu` to the exported file, through a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from provident.synthetic import HandTruth, Patient, Scanner, hand_mri
from tests.conftest import missing
from tests.journeys.room.desk import SIZE
from tests.peers.platform import Platform


pytestmark = [pytest.mark.browser, pytest.mark.peer, pytest.mark.slow]
PASSWORD = "correct horse battery"
STUDY = "/s/arthur-2"
PEOPLE = {
    "trish": ("trial_manager", ""),
    "lee": ("site", "leeds"),
    "quinn": ("qc", ""),
    "ana": ("reader", ""),
    "ben": ("reader", ""),
    "ada": ("adjudicator", ""),
    "stat": ("statistician", ""),
}


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    if shutil.which("storescu") is None:
        missing("storescu (DCMTK)")
    made = Platform(tmp_path_factory.mktemp("main-job") / "data")
    made.load()
    word = made.data.parent / "password"
    word.write_text(PASSWORD)
    for name, (role, site) in PEOPLE.items():
        where = ["--site", site] if site else []
        done = made.run(
            "account", "add", name, "--study", "arthur-2", "--role", role, "--name", name.title(), "--code", name,
            "--password-file", str(word), *where,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    made.start()
    yield made
    made.stop()


@pytest.fixture
def person(browser, platform):
    """A function name -> a page on which that person is logged in."""
    opened = []

    def enter(name: str):
        context = browser.new_context(
            viewport=SIZE, base_url=f"http://127.0.0.1:{platform.port}"
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto("/login")
        page.locator("input[name=username]").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(re.compile(r"/s/arthur-2/"))
        return page

    yield enter
    for context in opened:
        context.close()


def send(platform: Platform, folder: Path, acquired: datetime, seed: int) -> None:
    """One hand MRI of L-101 from a scanner of Leeds, by DCMTK."""
    patient = Patient(
        name="Hargreaves^Elspeth",
        patient_id="L-101",
        birth_date=date(1961, 7, 4),
        sex="F",
        seed=5,
        issuer="",
    )
    scanner = Scanner(
        id="mr_l1", modality="MR", make="SIEMENS", model="Prisma", software="XA60", serial="167012", station="MRC35001",
        field=3.0, institution="Leeds General Infirmary", address="Great George Street", department="Radiology",
    )  # fmt: skip
    exam = hand_mri(
        patient,
        scanner,
        acquired=acquired,
        truth=HandTruth(),
        rng=np.random.default_rng(seed),
    )
    exam.write(folder)
    assert platform.storescu(folder).wait(120) == 0


def sign_by_keyboard(page) -> None:
    """Every site visible and normal at both time points, signed."""
    page.wait_for_selector("#room[data-first-image]")
    page.keyboard.press("y")
    page.keyboard.press("t")
    page.locator('[data-key="B:normal"] button').first.focus()
    page.keyboard.press("y")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_text("All cases are read").wait_for()


def sign_by_api(page, token: str) -> None:
    """Synovitis 2 in every joint at time point A, all normal at B: as far from normal as a disagreement needs."""
    case = page.request.get(f"/read/api/case/{token}").json()
    answers = {"A:normal": 0, "B:normal": 1}
    for block in case["form"]["blocks"]:
        for row in block.get("rows", ()):
            for column in block["columns"]:
                answers[f"A:{block['id']}.{row['id']}.{column['id']}"] = (
                    2 if column["id"] == "syn" else 0
                )
    page.goto(f"/read/room/{token}")
    csrf = page.locator("#room").get_attribute("data-csrf")
    saved = {
        "answers": answers,
        "measurements": [],
        "version": case["version"],
        "password": PASSWORD,
    }
    reply = page.request.post(
        f"/read/api/case/{token}/submit",
        data=saved,
        headers={"X-CSRFToken": csrf, "Referer": page.url},
    )
    assert reply.ok, reply.text()


def test_from_storescu_to_the_exported_file(platform, person, tmp_path):
    # The site's scanner sends two visits; the gateway de-identifies, the centre judges.
    send(platform, tmp_path / "baseline", datetime.fromisoformat("2026-03-01T10:00"), 1)
    send(platform, tmp_path / "week24", datetime.fromisoformat("2026-08-14T10:00"), 2)
    platform.wait(lambda: [e["state"] for e in platform.exams()] == ["judged"] * 2, 120)
    assert {e["outcome"] for e in platform.exams()} <= {"pass", "warn"}, (
        platform.exams()
    )

    site = person("lee")
    site.goto(f"{STUDY}/matrix")
    assert site.get_by_text("L-101").first.is_visible()
    site.goto(f"{STUDY}/transfers")
    assert site.locator("tbody tr").count() == 2

    # Quality control scores and accepts both.
    quality = person("quinn")
    for left in (2, 1):
        quality.goto(f"{STUDY}/quality")
        assert quality.get_by_role("link", name="L-101").count() == left
        quality.get_by_role("link", name="L-101").first.click()
        scores = quality.locator("[data-score]")
        scores.first.locator("input").first.focus()
        for _ in range(scores.count()):  # each key gives a score and goes on
            quality.keyboard.press("1")
        quality.get_by_label("Accept: it may be read").check()
        quality.get_by_label("Reason").fill("as in the manual")
        quality.get_by_label("Your password").fill(PASSWORD)
        quality.get_by_role("button", name="Sign the decision").click()
        quality.wait_for_url(f"**{STUDY}/quality")

    # The trial manager signs that the readers qualified elsewhere, fixes the open figure and gives them the case.
    manager = person("trish")
    manager.goto(f"{STUDY}/readers/standing/elsewhere")
    for name in ("Ana", "Ben", "Ada"):
        manager.get_by_label(f"{name}: synovitis change").check()
    manager.get_by_label("Certificate").fill("Reader training of the pilot, 12")
    manager.get_by_label("Its day").fill("2026-06-01")
    manager.get_by_label("Why it stands for the test set").fill("The same form.")
    manager.get_by_label("Your password", exact=True).fill(PASSWORD)
    manager.get_by_role("button", name="Sign").click()
    manager.wait_for_url(f"**{STUDY}/readers/standing")
    manager.goto(f"{STUDY}/reading/designs/synovitis_change/limit")
    manager.get_by_label("Value").fill("3")
    manager.get_by_label("Where it comes from").fill("qualification of 1 June")
    manager.get_by_role("button", name="Fix it").click()
    manager.wait_for_url(f"**{STUDY}/reading/cases")

    def ready():
        manager.reload()
        return (
            manager.get_by_role("button", name=re.compile("Give 1 case")).count() == 1
        )

    platform.wait(ready, 60)
    manager.get_by_role("button", name=re.compile("Give 1 case")).click()

    # Two readers, one of them by keyboard in the room; they disagree.
    ana = person("ana")
    ana.goto(f"{STUDY}/reading")
    ana.get_by_role("button", name="Read the next case").click()
    sign_by_keyboard(ana)
    ben = person("ben")
    ben.goto(f"{STUDY}/reading")
    address = ben.get_by_role("button", name="Read the next case").get_attribute("href")
    sign_by_api(ben, address.rsplit("/", 1)[1])

    manager.goto(f"{STUDY}/reading/cases")
    manager.get_by_role("link", name="Look at it").click()
    manager.get_by_label("What was looked at").fill(
        "all series are there, right visits"
    )
    manager.get_by_role("button", name="Give it to the adjudicator").click()
    manager.wait_for_url(f"**{STUDY}/reading/cases")
    assert manager.get_by_text("with the adjudicator").first.is_visible()

    # The adjudicator reads it blind; the final value is there; the data are locked.
    ada = person("ada")
    ada.goto(f"{STUDY}/reading")
    ada.get_by_role("button", name="Read the next case").click()
    sign_by_keyboard(ada)
    manager.goto(f"{STUDY}/data/lock")
    manager.get_by_label("Reason").fill("all read")
    manager.get_by_label("Your password").fill(PASSWORD)
    manager.get_by_role("button", name="Sign and lock").click()
    manager.wait_for_url(f"**{STUDY}/data")

    # The statistician's export, from the page.
    statistician = person("stat")
    statistician.goto(f"{STUDY}/data")
    statistician.get_by_role("button", name="Make an export").click()
    statistician.get_by_text("The export is made").wait_for()
    files = {}
    for name in ("final_wide.csv", "reads_long.csv", "codebook.csv", "manifest.json"):
        href = statistician.get_by_role("link", name=name).first.get_attribute("href")
        files[name] = statistician.request.get(href).text()
    wide = list(csv.DictReader(io.StringIO(files["final_wide.csv"])))
    assert [
        (r["participant"], float(r["synovitis_change__week24__synovitis_change"]))
        for r in wide
    ] == [("L-101", 0.0)]
    long = list(csv.DictReader(io.StringIO(files["reads_long.csv"])))
    assert {(r["reader"], r["reader_role"]) for r in long} == {
        ("ana", "primary"), ("ben", "primary"), ("ada", "adjudicator")
    }  # fmt: skip
    assert {r["variable"] for r in long} <= {
        r["column"] for r in csv.DictReader(io.StringIO(files["codebook.csv"]))
    }
    head = json.loads(files["manifest.json"])["ledger"]
    assert head["number"] > 20

    # The same from the command line, as the same statistician and as nobody.
    out = tmp_path / "export"
    done = platform.run("export", "arthur-2", "--as", "stat", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert (out / "final_wide.csv").read_text() == files["final_wide.csv"]
    assert (
        platform.run(
            "export", "arthur-2", "--as", "ana", "--out", str(tmp_path / "no")
        ).returncode
        == 4
    )
    assert (
        platform.run("export", "arthur-2", "--as", "stat", "--out", str(out)).returncode
        == 3
    )

    # The ledger holds, and every file that came is accounted for.
    verified = platform.run("ledger", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    gateway = platform.gateway()
    assert (gateway["received"], gateway["sent"], gateway["quarantined"]) == (
        104,
        104,
        0,
    )
