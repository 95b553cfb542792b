"""Real and wilfully odd files through a gateway: no crash, and every one is accounted for with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from provident.adapters.gateway.indexing import read_names
from provident.adapters.gateway.reasons import reason
from provident.adapters.gateway.site import Registration, SiteGateway
from provident.adapters.gateway.work import GatewayWork, status
from provident.kernel import FixedClock, InvalidInput
from tests.unit.adapters.conftest import FakeCentre


pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
def through(tmp_path, clock_at_noon):
    """A function files -> the gateway's status after all of them arrived, every patient being enrolled."""
    told = Registration(study="arthur-2", site="leeds", aet="X", centre="", token="t")
    gateway = SiteGateway.make(tmp_path / "gateways/arthur-2.leeds", told)
    centre = FakeCentre()

    def go(files: list[Path]) -> dict:
        numbers: dict[tuple[str, str], str] = {}
        gateway.spool.open_session("s", "dicom", "n", 0.0)
        for path in files:
            data = path.read_bytes()
            number = _number(data)
            if number[1] and number not in numbers:
                numbers[number] = f"L-{len(numbers) + 100}"
                centre.enrol(numbers[number])
                gateway.crosswalk.link(*number, numbers[number])
            gateway.receive(data, "s", "dicom")
        gateway.spool.close_session("s", 1.0)
        import time

        at = time.time()
        work = GatewayWork(gateway, centre, clock_at_noon, quiet=1, now=lambda: at)
        for _ in range(20):
            at += 3
            work.step()
        assert len(centre.stored) == status(gateway)["sent"]
        for data in centre.stored.values():
            assert b"1.2.840.113619" not in data  # a scanner's own UIDs
        return status(gateway)

    return go


@pytest.fixture
def clock_at_noon():
    from datetime import UTC, datetime

    return FixedClock(datetime(2026, 11, 24, 12, tzinfo=UTC))


def _number(data: bytes) -> tuple[str, str]:
    try:
        told = read_names(data)
    except InvalidInput:
        return "", ""
    return told["issuer"].upper(), told["patient_id"].upper()


def accounted(told: dict, files: int) -> None:
    assert told["received"] == told["accounted"] == files
    assert told["waiting"] == 0
    assert files == told["sent"] + told["quarantined"] + told["duplicates"]
    assert told["quarantined"] == sum(told["reasons"].values())
    assert all(reason(code).message for code in told["reasons"])
    assert told["ledger"] == "holds"


def test_every_real_scan_is_accounted_for(shared, through):
    files = sorted(p for p in (shared / "data/realscans").rglob("*") if p.is_file())
    told = through(files)

    accounted(told, len(files))
    assert told["sent"] + told["reasons"].get("DEID.FACE_NEEDS_REMOVAL", 0) > 600


def test_every_odd_file_of_pydicom_s_own_tests_is_accounted_for(through):
    import pydicom

    folder = Path(pydicom.__file__).parent / "data/test_files"
    files = sorted(p for p in folder.rglob("*") if p.is_file())

    accounted(through(files), len(files))
