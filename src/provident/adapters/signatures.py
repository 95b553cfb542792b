"""Signatures of de-identification manifests that anybody can check: Ed25519 (RFC 8032) by a key of the site's.

The signing key is derived from the site's key by HKDF-SHA256 (RFC 5869) under a label of its own: the same site
key signs with the same key anywhere, and neither the public key nor a signature tells anything of the secret.
The centre registers the public key in the transfer test and checks every later manifest by it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from provident.adapters.signing import Signer, signed_by
from provident.deid.identity import SiteKey
from provident.deid.manifests import PUBLIC, unsigned
from provident.kernel import InvalidInput


ALGORITHM = "Ed25519"
PURPOSE = "de-identification manifest"
_SALT = b"provident site key"
_KEY_LENGTH = 32
_FINGERPRINT = re.compile(r"(?:SHA256:)?([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a manifest is what its site signed; where not, `code` and what to do in `words`.

    Codes: `signature` (changed, or not signed by the key that it names), `other_key` (signed by
    another key than the one expected), `unsigned` (no public signature in it).
    """

    good: bool
    fingerprint: str = ""
    code: str = ""
    words: str = ""


def site_signer(key: SiteKey) -> Signer:
    """The signing key of a site's key and namespace."""
    info = f"{PURPOSE} {ALGORITHM} namespace {key.namespace}".encode()
    derived = HKDF(SHA256(), _KEY_LENGTH, _SALT, info).derive(key.secret)
    return Signer(derived)


def public_key(key: SiteKey) -> str:
    """What others check a site's manifests by, base64: to be registered at the centre."""
    return site_signer(key).public


def fingerprint(public: str) -> str:
    """A public key's SHA-256, to be compared by people: `SHA256:` and 64 hexadecimal digits.

    Raises:
        InvalidInput: it is no public key.
    """
    return f"SHA256:{hashlib.sha256(_raw(public)).hexdigest()}"


def signed(told: Mapping[str, Any], key: SiteKey) -> dict[str, Any]:
    """A manifest with the public signature of a site's key in it."""
    signer = site_signer(key)
    value = signer.sign(PURPOSE, unsigned(told))
    public = {"algorithm": ALGORITHM, "public_key": signer.public, "value": value}
    return dict(told) | {PUBLIC: public}


def check(manifest: Mapping[str, Any], public_key: str) -> Checked:
    """Whether a manifest was signed by the owner of a public key, and not changed since.

    `public_key` is the key itself (base64) or its fingerprint; then the key that the manifest
    names is taken if it has that fingerprint. It must come from elsewhere than the manifest.

    Raises:
        InvalidInput: `public_key` is neither.
    """
    wanted = fingerprint_of(public_key)
    told = manifest.get(PUBLIC)
    if not isinstance(told, Mapping) or told.get("algorithm") != ALGORITHM:
        return Checked(False, code="unsigned", words="The manifest has no public signature. Make it again with this version of Provident, or check it with the site's key.")  # fmt: skip
    named = str(told.get("public_key", ""))
    try:
        found = fingerprint(named)
    except InvalidInput:
        found = ""
    if found != wanted:
        return Checked(False, found, "other_key", f"The manifest was signed by another key ({found or 'none that can be read'}) than the one expected ({wanted}). Ask the site which key it uses now.")  # fmt: skip
    if not signed_by(named, PURPOSE, unsigned(manifest), str(told.get("value", ""))):
        return Checked(False, found, "signature", "The manifest was changed after it was signed. Ask the site to send it again.")  # fmt: skip
    return Checked(True, found)


def fingerprint_of(told: str) -> str:
    """The fingerprint of a key that is given whole, by its fingerprint, or as a file that holds either.

    Raises:
        InvalidInput: it is none of these.
    """
    text = told.strip()
    if len(text) < 256 and Path(text).is_file():
        try:
            text = Path(text).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
    shown = _FINGERPRINT.fullmatch(text)
    return f"SHA256:{shown[1].lower()}" if shown else fingerprint(text)


def _raw(public: str) -> bytes:
    try:
        raw = base64.b64decode(public, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _KEY_LENGTH:
        raise InvalidInput(
            "This is no public key. It is the 44 characters that provident deid prints, a fingerprint "
            "(SHA256: and 64 digits), or a file that holds one of them."
        )
    return raw
