"""The engine runs where there is no imaging library: at a gateway, in a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
for name in ("numpy", "scipy", "PIL", "pydantic", "cryptography"):
    sys.modules[name] = None  # as if it were not installed
from provident.deid import Profile, SiteKey, Subject, deidentify, gather, verify
data = sys.stdin.buffer.read()
done = deidentify(data, profile=Profile(), key=SiteKey(bytes(range(32))), subject=Subject(participant="LE-017", date_shift_days=-9))
leaks = verify(done.data, identifiers=gather(data), profile=Profile()) if done.data else []
sys.stdout.write(f"{done.reason} {leaks} ")
sys.stdout.flush()
sys.stdout.buffer.write(done.data or b"")
"""


def without_libraries(data: bytes) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=data, capture_output=True, check=True, env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    return done.stdout


def test_headers_come_out_with_the_same_bytes():
    from provident.deid import Profile, Subject, deidentify
    from tests.spec.deid.files import KEY, ct_file

    data = ct_file(StudyDescription="CT chest Quarrendon")
    here = deidentify(
        data,
        profile=Profile(),
        key=KEY,
        subject=Subject(participant="LE-017", date_shift_days=-9),
    )

    assert without_libraries(data) == b"None [] " + (here.data or b"")


def test_an_image_that_must_be_looked_at_waits():
    from tests.spec.deid.test_waiting import ultrasound

    assert without_libraries(ultrasound()) == b"pixels_need_review [] "
