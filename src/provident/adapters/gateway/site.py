"""One site's gateway as a directory: keys, landing store, crosswalk, spool and ledger, apart from everything else."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from provident.adapters.gateway.crosswalk import CrosswalkFile, keyed
from provident.adapters.gateway.ledger import GatewayLedger
from provident.adapters.gateway.rulings import Rulings
from provident.adapters.gateway.spool import Arrival, Spool
from provident.adapters.gateway.vault import Vault, seal, unseal
from provident.adapters.signing import write_once
from provident.adapters.storage import fsync_directory
from provident.deid.identity import SiteKey
from provident.kernel import InvalidInput, Refused
from provident.kernel.ids import new_id, new_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a gateway knows of itself: its study and site, its AE title, and how it reaches the centre."""

    study: str
    site: str
    aet: str
    centre: str  # the centre's address; blank for the built-in one, which is told when it starts
    token: str

    def __post_init__(self) -> None:
        if not self.aet or len(self.aet) > 16:
            raise InvalidInput("A gateway's AE title has 1 to 16 characters.")


class SiteGateway:
    """The gateway in a directory."""

    def __init__(self, root: Path) -> None:
        if not (root / "gateway.json").is_file():
            raise InvalidInput(
                "There is no gateway in that directory; `provident study load` or `provident gateway --token` makes one."
            )
        self.root = root

    @classmethod
    def make(cls, root: Path, registration: Registration) -> SiteGateway:
        """Make a gateway's directory with fresh keys; one that is there keeps its keys and gets the registration."""
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("site-key", "storage-key"):
            if not (root / name).exists():
                write_once(root / name, new_key())
        temporary = root / f".{new_id()}"
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(asdict(registration)))
        temporary.replace(root / "gateway.json")
        fsync_directory(root)
        return cls(root)

    @cached_property
    def registration(self) -> Registration:
        """The registration as it was when first asked for."""
        return Registration(**json.loads((self.root / "gateway.json").read_text()))

    @cached_property
    def site_key(self) -> SiteKey:
        """The key that UIDs and dates are hidden with; it leaves the site wrapped or not at all (`sitekey`)."""
        namespace = self.root / "site-key-namespace"
        told = namespace.read_text() if namespace.is_file() else "1"
        return SiteKey((self.root / "site-key").read_bytes(), told)

    def take_key(self, key: SiteKey) -> None:
        """Take a key that the site has already, as of its browser page, in place of this gateway's own.

        Raises:
            Refused: files were sent under the key that is here; under another their exams would come apart.
        """
        if key == self.site_key:
            return
        if self.spool.counts()["sent"] or self.spool.prepared():
            raise Refused(
                "This gateway has sent images under its own key, so it keeps it: under another key later images would "
                "not fit them. Export its key instead and import that into the browser page."
            )
        for name, content in (
            ("site-key", key.secret),
            ("site-key-namespace", key.namespace.encode()),
        ):
            temporary = self.root / f".{new_id()}"
            temporary.touch(mode=0o600)
            temporary.write_bytes(content)
            temporary.replace(self.root / name)
        fsync_directory(self.root)
        self.__dict__.pop("site_key", None)

    @cached_property
    def _storage_key(self) -> bytes:
        return (self.root / "storage-key").read_bytes()

    @cached_property
    def vault(self) -> Vault:
        """The landing store."""
        return Vault(self.root / "landing", self._storage_key)

    @cached_property
    def spool(self) -> Spool:
        """What became of every file."""
        return Spool(self.root / "spool.sqlite3")

    @cached_property
    def ledger(self) -> GatewayLedger:
        """The gateway's own ledger."""
        return GatewayLedger(self.root / "ledger.sqlite3")

    @property
    def outbox(self) -> Path:
        """De-identified files on their way; each can be made again from the landing store."""
        return self.root / "outbox"

    @cached_property
    def crosswalk(self) -> CrosswalkFile:
        """Who is who."""
        return CrosswalkFile(self.root / "crosswalk.sqlite3", self._storage_key)

    @cached_property
    def rulings(self) -> Rulings:
        """What people of the site decided about values, attributes and regions."""
        return Rulings(self.root / "rulings.sqlite3", self._storage_key)

    def receipt_of(self, transfer: str) -> dict[str, Any]:
        """The centre's receipt of a transfer; empty where there is none."""
        path = self.root / "receipts" / f"{transfer}.json"
        return dict(json.loads(path.read_text())) if path.is_file() else {}

    def note(self, arrival: str, told: dict[str, str]) -> bytes:
        """What the header says of a file, sealed."""
        return seal(self._storage_key, f"note {arrival}", json.dumps(told).encode())

    def noted(self, arrival: Arrival) -> dict[str, str]:
        """What the header said of a file when it was indexed."""
        if arrival.note is None:
            return {}
        told = unseal(self._storage_key, f"note {arrival.id}", arrival.note)
        return dict(json.loads(told))

    def keep_faces(self, exam: str, told: bytes) -> None:
        """Keep what the removal of faces says of an exam, and its picture, sealed."""
        folder = self.root / "faces"
        folder.mkdir(exist_ok=True, mode=0o700)
        temporary = folder / f".{new_id()}"
        temporary.write_bytes(seal(self._storage_key, f"faces {exam}", told))
        temporary.replace(folder / exam)

    def faces_of(self, exam: str) -> bytes | None:
        """What `keep_faces` kept of an exam, or None."""
        path = self.root / "faces" / exam
        if not path.is_file():
            return None
        return unseal(self._storage_key, f"faces {exam}", path.read_bytes())

    def hide(self, purpose: str, *parts: str) -> str:
        """A keyed hash for the spool."""
        return keyed(self._storage_key, purpose, *parts)

    def instance_name(self, sop_uid: str) -> str:
        """The spool's name of an image, by its original SOP Instance UID."""
        return self.hide("instance", sop_uid)[:32]

    def receive(self, data: bytes, session: str, way: str) -> str:
        """Make a file's bytes durable and account for them; returns the arrival's id.

        When this returns the sender may be told that the file is here. A crash before the row is written leaves
        the bytes in the landing store; `adopt` finds them.
        """
        name = self.vault.put(data)
        self.spool.land(name, session, way, len(data), time.time())
        return name

    def land(self, name: str, size: int, session: str, way: str) -> None:
        """Account for bytes that were put into the landing store before."""
        self.spool.land(name, session, way, size, time.time())

    def knock(self) -> None:
        """Tell the gateway's work, from another process of this machine, that the centre has something for it."""
        (self.root / "knock").touch(mode=0o600)

    def want_test(self) -> None:
        """Ask the gateway's work, from another process of this machine, for a transfer test."""
        (self.root / "test-wanted").touch(mode=0o600)
        self.knock()

    def takes_up_test(self) -> bool:
        """Whether a transfer test was asked for; the question is answered once."""
        try:
            (self.root / "test-wanted").unlink()
        except FileNotFoundError:
            return False
        return True

    def knocked(self) -> int:
        """When somebody last knocked, in nanoseconds; 0 for never."""
        try:
            return (self.root / "knock").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def adopt(self) -> int:
        """Account for files whose writer was killed between bytes and row."""
        self.vault.sweep(time.time() - 3600)
        lost = sorted(self.vault.names() - self.spool.ids())
        for name in lost:
            try:
                size = len(self.vault.get(name))
            except InvalidInput:
                size = 0  # kept and held as unreadable when it is indexed
            self.spool.land(name, "", "recovered", size, time.time())
        return len(lost)


def directory_of(data: Path, study: str, site: str) -> Path:
    """Where the built-in gateway of a study's site is in a data directory."""
    return data / "gateways" / f"{study}.{site}"


def gateways_in(data: Path) -> list[SiteGateway]:
    """All gateways of a data directory."""
    return [
        SiteGateway(path.parent)
        for path in sorted(data.glob("gateways/*/gateway.json"))
    ]
