"""Sending a prepared transfer: announce, upload what the centre does not have, complete, keep the receipt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from provident.adapters.gateway.centre import Centre, batches
from provident.adapters.gateway.deidentifying import make_ready
from provident.adapters.gateway.holding import hold_back
from provident.adapters.gateway.preparing import describe
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.signing import Signer
from provident.kernel import Clock, Refused
from provident.kernel.ids import sha256


REFUSED = "QUARANTINE.REFUSED_BY_CENTRE"


def send(
    gateway: SiteGateway,
    clock: Clock,
    centre: Centre,
    schedule: Schedule,
    transfer: str,
    at: float,
) -> dict[str, Any] | None:
    """Bring one transfer to the centre; the same call after a crash sends only what is missing.

    Returns the receipt; None when the centre refused the transfer, which then is held.

    Raises:
        CentreAway: the centre does not answer; try again later.
    """
    folder = gateway.outbox / transfer
    arrivals = gateway.spool.arrivals("transfer = ? AND state = 'prepared'", transfer)
    if not (folder / "manifest.json").is_file():
        # The outbox was lost: back to the landing store, from which the same transfer is made again.
        gateway.spool.update((a.id, {"state": "indexed"}) for a in arrivals)
        gateway.spool.finish_transfer(transfer, "", at)
        return None
    told = json.loads((folder / "manifest.json").read_bytes())
    try:
        receipt = _send(gateway, centre, schedule, transfer, told)
    except Refused:
        # Refused is this kind of centre's last word; the reason is on the centre's transfer page.
        hold_back(
            gateway, clock, arrivals, REFUSED, participant=str(told["participant"])
        )
        gateway.spool.finish_transfer(transfer, "", at)
        return None
    refused = {
        row["sha256"] for row in receipt["instances"] if row["state"] == "refused"
    }
    those = [a for a in arrivals if a.out_sha256 in refused]
    if those:
        hold_back(gateway, clock, those, REFUSED, participant=str(told["participant"]))
    (gateway.root / "receipts").mkdir(exist_ok=True, mode=0o700)
    (gateway.root / "receipts" / f"{transfer}.json").write_text(json.dumps(receipt))
    gateway.spool.finish_transfer(transfer, str(receipt["transfer"]), at)
    shutil.rmtree(folder, ignore_errors=True)
    return receipt


def _send(
    gateway: SiteGateway,
    centre: Centre,
    schedule: Schedule,
    transfer: str,
    told: dict[str, Any],
) -> dict[str, Any]:
    announced = centre.announce(told, Signer.kept(gateway.root / "signing-key"))
    token = str(announced["transfer"])
    there = set(announced["have"])
    missing = [
        (row["sha256"], int(row["size"]))
        for row in told["instances"]
        if row["sha256"] not in there
    ]

    def upload(batch: list[str]) -> None:
        centre.send(
            token, [(name, _bytes(gateway, schedule, transfer, name)) for name in batch]
        )

    if centre.lanes == 1:
        for batch in batches(missing):
            upload(batch)
    else:
        with ThreadPoolExecutor(centre.lanes) as lanes:
            # The first failure ends it: what was not begun is not sent.
            for _ in _in_order(lanes, upload, batches(missing)):
                pass
    return centre.complete(token)


def _in_order(
    lanes: ThreadPoolExecutor,
    upload: Callable[[list[str]], None],
    of: Iterable[list[str]],
) -> Iterator[None]:
    futures = [lanes.submit(upload, batch) for batch in of]
    try:
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _bytes(gateway: SiteGateway, schedule: Schedule, transfer: str, name: str) -> bytes:
    """The de-identified bytes of a hash, made again where the outbox lost or spoilt them."""
    path = gateway.outbox / transfer / name
    data = path.read_bytes() if path.is_file() else b""
    if sha256(data) == name:
        return data
    arrivals = gateway.spool.arrivals("transfer = ? AND out_sha256 = ?", transfer, name)
    every = gateway.spool.arrivals("transfer = ?", transfer)
    told = json.loads((path.parent / "manifest.json").read_bytes())
    exam = describe(
        gateway, schedule, schedule.participants[told["participant"]], every
    )
    made = make_ready(
        gateway.vault.get(arrivals[0].id),
        gateway=gateway,
        exam=exam,
        arrival=arrivals[0],
    )
    if isinstance(made, str) or made[0].sha256 != name:
        raise Refused(
            "An image changed after its transfer was prepared; it is held for a look."
        )
    path.write_bytes(made[1])
    return made[1]
