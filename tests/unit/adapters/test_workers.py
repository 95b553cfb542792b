"""Processes that de-identify: the same files as without them, and an image at which one dies stops nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from provident.adapters.gateway import workers
from provident.adapters.gateway.deidentifying import Ready
from provident.adapters.gateway.indexing import index_new
from provident.adapters.gateway.preparing import describe
from provident.adapters.gateway.schedule import fetch, known_schedule
from provident.kernel import FixedClock
from tests.peers.scans import exam, mr


POISON = b"POISON"
_make_files = workers.make_files


def _fragile(gateway, exam, arrivals, folder):
    """De-identification that ends its process at one image, as a broken decoder would."""
    if any(POISON in gateway.vault.get(a.id) for a in arrivals):
        os._exit(11)
    return _make_files(gateway, exam, arrivals, folder)


def _task(root, exam, arrivals, folder):
    workers.make_files = _fragile
    return workers._gateways.setdefault(root, workers.SiteGateway(root)) and _fragile(
        workers._gateways[root], exam, arrivals, folder
    )


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.setattr(workers, "MANY", 2)
    monkeypatch.setattr(workers, "BATCH", 2)
    made = workers.Pool(1)
    yield made
    made.close()


@pytest.fixture
def ready(gateway, centre, tmp_path):
    """A function: files -> what `make` needs for them."""

    def make(files):
        centre.enrol("L-101")
        fetch(centre, gateway.root)
        for data in files:
            gateway.receive(data, "s", "dicom")
        index_new(gateway, FixedClock(datetime(2026, 11, 24, tzinfo=UTC)))
        arrivals = gateway.spool.arrivals("state = 'indexed'")
        schedule = known_schedule(gateway.root)
        whole = describe(gateway, schedule, schedule.participants["L-101"], arrivals)
        return gateway, whole, arrivals

    return make


@pytest.mark.slow
def test_a_pool_makes_what_one_process_makes_and_survives_what_kills_a_process(
    ready, pool, tmp_path, monkeypatch
):
    good = ready([*exam(4, patient_id="L-101")])
    for name in ("one", "other", "third"):
        (tmp_path / name).mkdir()

    alone = workers.Alone().make(*good, tmp_path / "one")
    pooled = pool.make(*good, tmp_path / "other")

    assert pooled == alone
    assert all(isinstance(made, Ready) for made in pooled)
    names = [{p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("one", "other")]  # fmt: skip
    assert names[0] == names[1]

    monkeypatch.setattr(workers, "_task", _task)
    bad = ready([mr(patient_id="L-101", number=9, PatientComments="POISON")])
    pooled = pool.make(*bad, tmp_path / "third")

    assert [type(made).__name__ for made in pooled] == ["Ready"] * 4 + ["str"]
    assert pooled[4] == "QUARANTINE.UNREADABLE"


@pytest.mark.parametrize(
    ("files", "heavy", "stand", "pays"),
    [(1499, 0, 0, False), (1500, 0, 0, True), (1, 1, 0, False), (2, 2, 0, True), (40, 0, 5, False), (40, 0, 6, True)],
)  # fmt: skip
def test_processes_start_only_where_they_pay(files, heavy, stand, pays):
    assert workers.worth_it(files, heavy, stand) is pays
