"""The gateway's own screen: one-time links, the review, decisions and hospital numbers, without the centre's database."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from subprocess import PIPE, Popen
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from provident.adapters.gateway.work import status
from provident.kernel import FixedClock, InvalidInput
from provident.web.intake.models import Quarantine
from provident.web.intake.station.links import make_link, take_link
from provident.web.ledger.selectors import events
from tests.peers.scans import mr


NAME = "Una Bell"
WORD = "Brannoxley"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OURS = (
    "ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "SESSION_ENGINE", "MESSAGE_STORAGE", "CSRF_FAILURE_VIEW",
    "CONTENT_SECURITY_POLICY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "ALLOWED_HOSTS",
)  # fmt: skip


class Screen:
    """A browser at the gateway's own screen: its settings, urls and middleware, while it asks."""

    def __init__(self, own) -> None:
        from django.test import Client

        self._client = Client(headers={"host": "127.0.0.1"})
        self._own = {name: getattr(own, name) for name in OURS}

    def get(self, *asked, **more):
        from django.test import override_settings

        with override_settings(**self._own):
            return self._client.get(*asked, **more)

    def post(self, *asked, **more):
        from django.test import override_settings

        with override_settings(**self._own):
            return self._client.post(*asked, **more)


@pytest.fixture
def new_screen(monkeypatch, tmp_path, gateway):
    """A function: a browser that has not come in."""
    from provident.web.config.wsgi import application  # noqa: F401  # the centre's, with its own settings

    monkeypatch.setenv("PROVIDENT_DATA", str(tmp_path))
    from provident.web.intake.station import settings as own

    return lambda: Screen(own)


@pytest.fixture
def station(new_screen, tmp_path):
    """A browser that has come in by a link."""
    screen = new_screen()
    token = make_link(tmp_path, NAME, _system_clock())
    assert screen.post(f"/enter/{token}").status_code == 302
    return screen


def _system_clock():
    from provident.kernel import SystemClock

    return SystemClock()


@pytest.fixture
def base(gateway):
    return f"/{gateway.root.name}"


@pytest.fixture
def held(land, work, participant, gateway):
    """An image at leeds whose description has a word that nobody approved."""
    land([mr(patient_id="L-101", description=f"T1 SE COR {WORD}")])
    work.settle()
    return Quarantine.objects.get(code="DEID.TEXT_NEEDS_REVIEW")


# links


def test_a_link_is_good_once(tmp_path):
    token = make_link(tmp_path, f"  {NAME} ", FixedClock(NOW))

    assert take_link(tmp_path, token, FixedClock(NOW)) == NAME
    assert take_link(tmp_path, token, FixedClock(NOW)) is None


@pytest.mark.parametrize(
    ("token", "later", "whose"),
    [(None, timedelta(minutes=14), NAME), (None, timedelta(minutes=16), None), ("no-such-token", timedelta(0), None)],
)  # fmt: skip
def test_a_link_is_good_for_a_quarter_of_an_hour(tmp_path, token, later, whose):
    made = make_link(tmp_path, NAME, FixedClock(NOW))

    assert take_link(tmp_path, token or made, FixedClock(NOW + later)) == whose
    assert made not in "".join(p.name for p in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "a\x00b"])
def test_a_link_without_a_name_is_not_made(tmp_path, name):
    with pytest.raises(InvalidInput, match="--name"):
        make_link(tmp_path, name, FixedClock(NOW))


def test_opening_a_link_alone_does_not_use_it_up(new_screen, tmp_path):
    token = make_link(tmp_path, NAME, _system_clock())
    fetched = new_screen()

    assert "Open the review" in fetched.get(f"/enter/{token}").content.decode()
    assert fetched.get("/").status_code == 401
    assert fetched.post(f"/enter/{token}").status_code == 302
    assert fetched.get("/").status_code == 200
    assert fetched.post(f"/enter/{token}").status_code == 401


@pytest.mark.parametrize("path", ["/", "/x/words", "/x/numbers/L-101", "/x/hold/1/review/pictures/0/before"])  # fmt: skip
def test_nothing_is_shown_without_a_link(new_screen, path):
    answer = new_screen().get(path)

    assert answer.status_code == 401
    assert "provident gateway review" in answer.content.decode()


def test_another_host_name_is_refused(station):
    assert station.get("/", headers={"host": "evil.example"}).status_code == 400


def test_pages_are_kept_in_no_cache_and_framed_by_nobody(station):
    answer = station.get("/")

    assert answer["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_who_leaves_is_out(station):
    station.post("/leave")

    assert station.get("/").status_code == 401


# reviewing and deciding


def test_it_shows_what_waits_and_the_values(station, base, held, gateway):
    assert WORD not in station.get("/").content.decode()

    page = station.get(f"{base}/hold/{held.reference}/review").content.decode()

    assert WORD in page
    assert "HARGREAVES" in page
    [look] = [e for e in gateway.ledger.events() if e["action"] == "hold.reviewed"]
    assert look["actor"] == NAME


def test_approved_and_run_again_the_images_go_with_their_words(station, base, held, gateway, work):  # fmt: skip
    page = station.get(f"{base}/hold/{held.reference}/review").content.decode()
    [reference] = re.findall(r'name="approved" value="([0-9a-f]{16})"', page)

    answer = station.post(
        f"{base}/hold/{held.reference}/review/rule", {"approved": reference, "why": "the protocol's name", "then": "rerun"}
    )  # fmt: skip
    work.settle()

    assert answer.status_code == 302
    assert status(gateway)["sent"] == 1
    held.refresh_from_db()
    assert (held.state, held.act) == ("released", "rerun")
    assert held.decided_by == f"{NAME} at the gateway"
    assert held.decision == "the protocol's name"
    [told] = [e for e in events("arthur-2") if e.action == "quarantine.resolved"]
    assert WORD not in str(told.content)


def test_a_decision_needs_a_reason_and_the_reason_must_allow_it(station, base, held, gateway):  # fmt: skip
    path = f"{base}/hold/{held.reference}/decide"

    assert station.post(path, {"act": "discard", "reason": ""}).status_code == 422
    refused = station.post(path, {"act": "link", "reason": "x", "participant": "L-101"})
    assert "cannot be done" in refused.content.decode()
    assert gateway.spool.holds()


def test_it_is_decided_once(station, base, held, gateway, work):
    path = f"{base}/hold/{held.reference}/decide"
    assert station.post(path, {"act": "discard", "reason": "sent by mistake"}).status_code == 302  # fmt: skip

    again = station.post(path, {"act": "rerun", "reason": "x"})

    assert again.status_code == 422
    assert "decided" in again.content.decode()
    work.settle()
    held.refresh_from_db()
    assert held.state == "discarded"
    assert status(gateway)["discarded"] == 1


def test_an_unknown_person_is_linked_here(station, base, land, work, participant, gateway):  # fmt: skip
    land([mr(number=1)])
    work.settle()
    row = Quarantine.objects.get()
    seen = station.post(f"{base}/hold/{row.reference}/look").content.decode()
    assert "1234567" in seen

    told = {"act": "link", "participant": "L-101", "reason": "checked the list"}
    assert station.post(f"{base}/hold/{row.reference}/decide", told).status_code == 302
    work.settle()

    assert status(gateway)["sent"] == 1
    row.refresh_from_db()
    assert (row.act, row.participant) == ("link", participant)


def test_what_was_sent_can_be_reviewed(station, base, land, work, participant, gateway):
    land([mr(patient_id="L-101", number=1)])
    work.settle()
    [sent] = gateway.spool.sent_lately(5)

    page = station.get(f"{base}/transfer/{sent['token']}/review").content.decode()

    assert "HARGREAVES" in page
    assert "run these images again" not in page
    assert station.get(f"{base}/transfer/nothing/review").status_code == 404


# hospital numbers


def test_numbers_are_linked_seen_and_undone(station, base, participant, gateway, work):
    work.settle()  # the gateway learns who is enrolled
    page = f"{base}/numbers/L-101"
    assert "L-101" in station.get(f"{base}/numbers").content.decode()

    assert station.post(page, {"number": "7654321"}).status_code == 302
    assert "7654321" not in station.get(page).content.decode()
    assert "7654321" in station.post(f"{page}/look").content.decode()
    [link] = gateway.crosswalk.links_of("L-101")
    assert station.post(f"{page}/undo", {"reference": link.reference, "reason": ""}).status_code == 422  # fmt: skip
    assert station.post(f"{page}/undo", {"reference": link.reference, "reason": "typing error"}).status_code == 302  # fmt: skip

    assert gateway.crosswalk.linked() == 0
    made = [e for e in gateway.ledger.events() if e["action"].startswith("crosswalk.")]
    assert [e["action"] for e in made] == ["crosswalk.linked", "crosswalk.looked_at", "crosswalk.unlinked"]  # fmt: skip
    assert {e["actor"] for e in made} == {NAME}


def test_nobody_is_linked_who_is_not_enrolled(station, base, work):
    work.settle()

    assert station.post(f"{base}/numbers/L-999", {"number": "1"}).status_code == 404
    assert station.get("/no.such/numbers").status_code == 404


@pytest.mark.slow
def test_the_command_serves_it_without_a_database(tmp_path, gateway):
    """A process of its own, with nothing but the gateway's directory."""
    command = [sys.executable, "-c", "from provident.cli.main import main; main()", "gateway", "review",
               "--data", str(tmp_path), "--name", NAME, "--port", "8763", "--json"]  # fmt: skip
    serving = Popen(command, stdout=PIPE)
    try:
        link = re.search(r"http://[^\"]+", _until_link(serving))[0]
        opener = build_opener(HTTPCookieProcessor())
        page = _patiently(lambda: opener.open(link).read().decode())
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        inside = opener.open(link, f"csrfmiddlewaretoken={token}".encode()).read().decode()  # fmt: skip
    finally:
        serving.terminate()
        serving.wait(20)
        serving.stdout.close()

    assert "Nothing waits here" in inside
    assert NAME in inside
    assert not (tmp_path / "provident.sqlite3").exists()


def _until_link(serving):
    said = ""
    while "enter/" not in said or "}" not in said:
        line = serving.stdout.readline().decode()
        assert line, "it ended without a link"
        said += line
    return said


def _patiently(ask):
    import time
    from urllib.error import URLError

    for _ in range(100):
        try:
            return ask()
        except URLError:
            time.sleep(0.1)
    return ask()
