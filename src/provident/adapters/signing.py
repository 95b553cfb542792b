"""Signatures of documents that travel between a site and the centre: Ed25519 (RFC 8032) over canonical JSON."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from provident.adapters.storage import fsync_directory
from provident.kernel.ids import new_id, new_key


def canonical(document: Mapping[str, Any]) -> bytes:
    """A document as the bytes that are signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def _message(purpose: str, document: Mapping[str, Any]) -> bytes:
    # A signature for one purpose is none for another.
    return b"provident " + purpose.encode() + b"\0" + canonical(document)


class Signer:
    """A private key; `public` is what others check its signatures by."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @classmethod
    def kept(cls, path: Path) -> Signer:
        """The key in a file that its owner alone may read, made when first asked for."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_once(path, new_key())
        return cls(path.read_bytes())

    @property
    def public(self) -> str:
        """The public key, base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, purpose: str, document: Mapping[str, Any]) -> str:
        """The signature of a document for a purpose, base64."""
        return base64.b64encode(self._key.sign(_message(purpose, document))).decode()


def signed_by(
    public: str, purpose: str, document: Mapping[str, Any], signature: str
) -> bool:
    """Whether the owner of a public key signed the document for that purpose."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))  # fmt: skip
        key.verify(base64.b64decode(signature, validate=True), _message(purpose, document))  # fmt: skip
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def write_once(path: Path, data: bytes) -> None:
    """Write a secret that is there for good, readable by its owner alone; the first writer wins."""
    temporary = path.with_name(f".{new_id()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    fsync_directory(path.parent)
