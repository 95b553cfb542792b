"""The signed list of a run: each original and its output by hash, and the profile. It identifies nobody.

Signed by HMAC-SHA256 under a key derived from the site's: the site can tell later that a folder is what it
made, whole and unchanged, with the standard library alone (in a browser too). An original stands there by its hash
under the same key, so that nobody else can tell which file it was. Where `cryptography` is at hand, the adapters add
a signature that others can check without the site's key (`adapters.signatures`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from provident.deid.identity import SiteKey
from provident.deid.outcomes import Outcome
from provident.deid.profile import Profile
from provident.kernel import InvalidInput


FORMAT = 1
ALGORITHM = "HMAC-SHA256"
PUBLIC = "public_signature"
_PURPOSE = "manifest"


def manifest(
    outcomes: Iterable[Outcome],
    profile: Profile,
    key: SiteKey,
    made: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest of a run, signed. Files in quarantine are counted and not named.

    `made` are files that stand for no original (a DICOMDIR), by name and SHA-256.
    """
    done = list(outcomes)
    made = made or {}
    told: dict[str, Any] = {
        "format": FORMAT,
        "profile": {"id": profile.id, "version": profile.version, "hash": profile.hash},
        "files": sorted(
            [
                *({"file": o.out, "sha256": o.sha256, "original": o.was} for o in done if o.out is not None),
                *({"file": name, "sha256": digest, "original": ""} for name, digest in made.items()),
            ],
            key=lambda f: str(f["file"]),
        ),
        "quarantined": sum(o.out is None for o in done),
    }  # fmt: skip
    return told | {
        "signature": {"algorithm": ALGORITHM, "value": _signature(told, key)}
    }


def encoded(told: Mapping[str, Any]) -> bytes:
    """As it is written to a file."""
    return json.dumps(told, indent=1, sort_keys=True).encode() + b"\n"


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest from its file.

    Raises:
        InvalidInput: it is not there or is no manifest.
    """
    try:
        told = json.loads(path.read_bytes())
        fits = told["format"] == FORMAT and all(
            isinstance(f["file"], str) and isinstance(f["sha256"], str)
            for f in told["files"]
        )
        fits = fits and isinstance(told["signature"]["value"], str)
    except (OSError, ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise InvalidInput(
            f"{path}: this is no manifest. provident deid writes it beside its output as OUT.manifest.json."
        )
    return dict(told)


def is_signed_by(told: Mapping[str, Any], key: SiteKey) -> bool:
    """Whether the manifest is as this key's site wrote it."""
    signature = told["signature"]
    same = hmac.compare_digest(str(signature["value"]), _signature(unsigned(told), key))
    return same and signature.get("algorithm") == ALGORITHM


def unsigned(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the signatures of a manifest are over: all of it but themselves."""
    return {name: value for name, value in told.items() if name not in ("signature", PUBLIC)}  # fmt: skip


def differences(
    told: Mapping[str, Any], found: Iterable[str], read: Callable[[str], bytes]
) -> list[tuple[str, str]]:
    """Files that are not as the manifest says: (name, `changed`, `missing` or `not_listed`)."""
    listed = {f["file"]: f["sha256"] for f in told["files"]}
    there = set(found)
    wrong = [(name, "missing") for name in sorted(set(listed) - there)]
    wrong += [(name, "not_listed") for name in sorted(there - set(listed))]
    for name in sorted(there & set(listed)):
        if hashlib.sha256(read(name)).hexdigest() != listed[name]:
            wrong.append((name, "changed"))
    return wrong


def _signature(told: Mapping[str, Any], key: SiteKey) -> str:
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.mac(_PURPOSE), text.encode(), hashlib.sha256).hexdigest()
