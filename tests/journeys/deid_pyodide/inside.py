"""Runs inside the browser: de-identify every file of an archive and say what became of each."""

import hashlib
import io
import time
import zipfile
from dataclasses import replace

from provident.deid import Profile, SiteKey, Subject, deidentify, verify


# Pixels are looked at by imaging libraries, which this Python has not: the header part alone.
WHOLE = Profile(documents="remove")
PROFILE = replace(WHOLE, options=WHOLE.options - {113101})
KEY = SiteKey(bytes(range(32)))
SUBJECT = Subject(participant="LE-017", date_shift_days=-100)


def told(archive: bytes, seconds: float) -> dict[str, list[str]]:
    """Name: the output's SHA-256, the reason why it waits, and its leaks, until the time is up."""
    found = {}
    end = time.monotonic() + seconds
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        for name in files.namelist():
            if time.monotonic() > end:
                break
            done = deidentify(
                files.read(name), profile=PROFILE, key=KEY, subject=SUBJECT
            )
            leaks = verify(
                done.data or b"", identifiers=done.identifiers, profile=PROFILE, subject=SUBJECT
            )  # fmt: skip
            found[name] = [
                hashlib.sha256(done.data or b"").hexdigest(),
                done.reason or "",
                " ".join(leak.kind for leak in leaks) if done.data else "",
            ]
    return found


def pace(archive: bytes) -> dict[str, float]:
    """Files per second, de-identified alone and with verification, after the first ten."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        all_files = [files.read(name) for name in files.namelist()]
    spent = {"alone": 0.0, "verified": 0.0}
    for number, data in enumerate(all_files):
        begun = time.perf_counter()
        done = deidentify(data, profile=PROFILE, key=KEY, subject=SUBJECT)
        made = time.perf_counter()
        verify(
            done.data, identifiers=done.identifiers, profile=PROFILE, subject=SUBJECT
        )
        checked = time.perf_counter()
        if number >= 10:
            spent["alone"] += made - begun
            spent["verified"] += checked - begun
    return {name: (len(all_files) - 10) / s for name, s in spent.items()}
