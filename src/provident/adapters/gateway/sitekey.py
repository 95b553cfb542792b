"""A site's key wrapped under a passphrase: the one form in which it may leave the site.

PBKDF2-HMAC-SHA256 over the passphrase (NFKC, without blanks at its ends), then AES-256-GCM; study, site and namespace
are authenticated with it. The browser page reads and writes the same document, so that gateway, browser and command
line share one key. The centre stores it and cannot open it; whoever gets it can try passphrases, which is what the
iterations and the rule about passphrases are for.
"""

from __future__ import annotations

import base64
import hashlib
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provident.adapters.browser.glance import key_check
from provident.deid.identity import KEY_BYTES, SiteKey
from provident.kernel import InvalidInput


FORMAT, VERSION = "provident-site-key", 1
ITERATIONS = 1_000_000
LEAST_ITERATIONS = 600_000  # OWASP's advice of 2023 for PBKDF2-HMAC-SHA256
MOST_ITERATIONS = (
    20_000_000  # a document of somebody else's must not keep a browser busy for minutes
)
SHORTEST = 12  # characters of a passphrase; strength is judged where it is typed
_SALT, _NONCE, _TAG = 16, 12, 16
_KDF, _CIPHER = "PBKDF2-SHA256", "AES-256-GCM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """A wrapped key of its form. `check` tells keys apart without opening them."""

    study: str
    site: str
    namespace: str
    iterations: int
    salt: bytes
    nonce: bytes
    sealed: bytes
    check: str

    def as_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "study": self.study,
            "site": self.site,
            "namespace": self.namespace,
            "kdf": {
                "name": _KDF,
                "iterations": self.iterations,
                "salt": _text(self.salt),
            },
            "cipher": {
                "name": _CIPHER,
                "nonce": _text(self.nonce),
                "sealed": _text(self.sealed),
            },
            "check": self.check,
        }

    @property
    def _named(self) -> bytes:
        return "\0".join((FORMAT, self.study, self.site, self.namespace)).encode()

    def _cipher(self, passphrase: str) -> AESGCM:
        return AESGCM(
            hashlib.pbkdf2_hmac(
                "sha256", normal(passphrase).encode(), self.salt, self.iterations
            )
        )

    def unwrap(self, passphrase: str) -> SiteKey:
        """The key.

        Raises:
            InvalidInput: the passphrase is wrong, or the document was changed.
        """
        try:
            secret = self._cipher(passphrase).decrypt(
                self.nonce, self.sealed, self._named
            )
        except InvalidTag:
            raise InvalidInput(
                "The passphrase does not open this key. Type it again; mind capital letters and blanks. If the file "
                "was edited, take the backup."
            ) from None
        key = SiteKey(secret, self.namespace)
        if key_check(key) != self.check:
            raise InvalidInput(
                "The file names another check value than its key has. Take the backup."
            )
        return key


def wrap(
    key: SiteKey,
    passphrase: str,
    *,
    study: str,
    site: str,
    iterations: int = ITERATIONS,
) -> Wrapped:
    """Wrap a key under a passphrase.

    Raises:
        InvalidInput: the passphrase is too short.
    """
    if len(normal(passphrase)) < SHORTEST:
        raise InvalidInput(
            f"A passphrase has at least {SHORTEST} characters; several words are best."
        )
    empty = Wrapped(
        study=study, site=site, namespace=key.namespace, iterations=iterations, salt=os.urandom(_SALT),
        nonce=os.urandom(_NONCE), sealed=b"", check=key_check(key),
    )  # fmt: skip
    sealed = empty._cipher(passphrase).encrypt(empty.nonce, key.secret, empty._named)
    return Wrapped(
        **{name: getattr(empty, name) for name in ("study", "site", "namespace", "iterations", "salt", "nonce", "check")},
        sealed=sealed,
    )  # fmt: skip


def normal(passphrase: str) -> str:
    """A passphrase as it is used: the same on every keyboard."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def read_wrapped(told: Any, *, study: str | None = None, site: str | None = None) -> Wrapped:  # fmt: skip
    """A wrapped key from its document, of its form and of this study and site where they are given.

    Raises:
        InvalidInput: it is not; the message says in which way and holds no value of it.
    """
    try:
        found = _read(told)
    except (KeyError, TypeError, ValueError):
        raise InvalidInput(
            "This is no wrapped site key of Provident's. Choose the file that the browser page or "
            "`provident gateway key export` made."
        ) from None
    if study is not None and (found.study, found.site) != (study, site):
        raise InvalidInput(
            f"This key is of site {found.site} in study {found.study}, not of this site. Choose this site's own file."
        )
    return found


def _read(told: Mapping[str, Any]) -> Wrapped:
    kdf, cipher = told["kdf"], told["cipher"]
    found = Wrapped(
        study=_word(told["study"]), site=_word(told["site"]), namespace=_word(told["namespace"]),
        iterations=int(kdf["iterations"]), salt=_bytes(kdf["salt"]), nonce=_bytes(cipher["nonce"]),
        sealed=_bytes(cipher["sealed"]), check=_word(told["check"]),
    )  # fmt: skip
    sizes = (len(found.salt), len(found.nonce), len(found.sealed))
    fits = (
        (told["format"], told["version"]) == (FORMAT, VERSION)
        and (kdf["name"], cipher["name"]) == (_KDF, _CIPHER)
        and sizes == (_SALT, _NONCE, KEY_BYTES + _TAG)
        and LEAST_ITERATIONS <= found.iterations <= MOST_ITERATIONS
        and found.namespace.isdecimal()
        and 0 < int(found.namespace) < 1000
        and len(bytes.fromhex(found.check)) == 8
    )
    if not fits:
        raise ValueError
    return found


def _word(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 60 or not value.isprintable():  # fmt: skip
        raise ValueError
    return value


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
