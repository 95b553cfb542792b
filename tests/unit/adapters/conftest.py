"""A gateway of the demo study's site leeds, with a centre that answers from memory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from provident import plan
from provident.adapters.gateway.centre import CentreAway
from provident.adapters.gateway.schedule import BUNDLE
from provident.adapters.gateway.site import Registration, SiteGateway
from provident.adapters.gateway.work import GatewayWork
from provident.adapters.signing import Signer
from provident.kernel import FixedClock, Refused


PLAN = Path(__file__).resolve().parents[3] / "plans/arthritis-demo"
CONSENT = ("take_part", "store_images")


class FakeCentre:
    """Keeps what it is told, and can be away or refuse."""

    lanes = 1
    in_force_from = "2026-03-01T00:00:00+00:00"

    def __init__(self) -> None:
        self.plan_files = {n: d.decode("utf-8", "replace") for n, d in plan.read_folder(PLAN).items()}  # fmt: skip
        digest = plan.load(PLAN).plan.hash
        self.told = {
            "study": "arthur-2",
            "site": "leeds",
            "plan": {"version": "1", "hash": digest},
            "participants": [],
        }
        self.announced: list[dict] = []
        self.stored: dict[str, bytes] = {}
        self.completed: list[str] = []
        self.held: list[dict] = []
        self.open_decisions: list[dict] = []
        self.done: dict[str, str] = {}
        self.away_after: int | None = None
        self.refuses = False
        self.signer = Signer(bytes(32))
        self.bundle_files = {
            "deidentification.yaml": self.plan_files["deidentification.yaml"]
        }
        self.refuses_instances: set[str] = set()

    def enrol(self, code: str, *, status: str = "active", consent: bool = True) -> None:
        self.told["participants"] = [
            p for p in self.told["participants"] if p["code"] != code
        ]
        self.told["participants"].append(
            {"code": code, "anchor": "2026-03-02", "status": status, "consent": dict.fromkeys(CONSENT, consent)}
        )  # fmt: skip

    def _answer(self) -> None:
        if self.away_after is not None:
            if self.away_after <= 0:
                raise CentreAway("The centre does not answer (test).")
            self.away_after -= 1

    def schedule(self):
        self._answer()
        return self.told

    def plan(self, digest):
        return self.plan_files

    def runs(self, **told):
        self.running = told

    def bundle(self):
        told = {
            "plan": {**self.told["plan"], "in_force_from": self.in_force_from},
            "files": self.bundle_files,
        }
        return {"bundle": told, "public_key": self.signer.public, "signature": self.signer.sign(BUNDLE, told)}  # fmt: skip

    def announce(self, manifest, signer):
        self._answer()
        if self.refuses:
            raise Refused("no")
        self.announced.append(manifest)
        names = {i["sha256"] for i in manifest["instances"]}
        return {"transfer": f"t{len(self.announced)}", "state": "announced", "have": sorted(names & set(self.stored))}  # fmt: skip

    def send(self, transfer, instances):
        self._answer()
        for name, data in instances:
            if name not in self.refuses_instances:
                assert name not in self.stored
                self.stored[name] = data
        return []

    def complete(self, transfer):
        self._answer()
        self.completed.append(transfer)
        told = self.announced[-1]["instances"]
        return {
            "transfer": transfer,
            "instances": [
                {**i, "state": "stored" if i["sha256"] in self.stored else "refused"} for i in told
            ],
        }  # fmt: skip

    def report_hold(self, told):
        self._answer()
        self.held.append(told)

    def decisions(self):
        return self.open_decisions

    def decision_done(self, reference, *, error=""):
        self.done[reference] = error
        self.open_decisions = [d for d in self.open_decisions if d["reference"] != reference]  # fmt: skip

    def close(self):
        pass


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


@pytest.fixture
def centre():
    made = FakeCentre()
    made.enrol("L-101")
    return made


@pytest.fixture
def gateway(tmp_path):
    told = Registration(study="arthur-2", site="leeds", aet="PROV_LEEDS", centre="", token="t")  # fmt: skip
    return SiteGateway.make(tmp_path / "gateways/arthur-2.leeds", told)


class Time:
    """Seconds that pass when the test says so, starting now so that received times fit."""

    def __init__(self) -> None:
        import time

        self.at = time.time()

    def __call__(self) -> float:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def work(gateway, centre, clock, time):
    """The gateway's work with one quiet second; `settle` lets everything run that can."""
    made = GatewayWork(gateway, centre, clock, quiet=1, now=time)

    def settle() -> None:
        for _ in range(8):
            time.passes(3)
            made.step()

    made.settle = settle
    return made
