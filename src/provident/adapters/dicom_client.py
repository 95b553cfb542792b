"""Sending files by C-STORE: each in its own transfer syntax, safe to send again."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provident import dicom
from provident.kernel import InvalidInput, Refused


LOST = "The connection was lost; send the folder again."
ASSOCIATIONS = 3  # tries, where a connection is lost
ANSWER = 120.0  # seconds that a node gets to make an image durable: a busy disk can take half a minute
CONTEXTS = 128  # PS3.8: presentation contexts of one association
_TAGS = (0x00080016, 0x00080018)


@dataclass(frozen=True, slots=True)
class Sendable:
    """A DICOM file, and what must be negotiated for it."""

    path: Path
    sop_class: str
    transfer_syntax: str


@dataclass(slots=True)
class Sent:
    """What became of a folder that was sent. `failed` holds (file, reason)."""

    found: int = 0
    sent: int = 0
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)


def files_of(path: Path) -> Iterator[Path]:
    """A file, or all files below a folder, in order.

    Raises:
        InvalidInput: there is nothing at that path.
    """
    if not path.exists():
        raise InvalidInput("There is no file or folder at that path.")
    if path.is_file():
        yield path
        return
    yield from sorted(p for p in path.rglob("*") if p.is_file())


def sendable(path: Path) -> Sendable:
    """What a file needs.

    Raises:
        InvalidInput: the file is no DICOM instance.
    """
    header = dicom.read_header(path, only=_TAGS)
    meta = header.file_meta
    sop_class = str(
        meta.get("MediaStorageSOPClassUID") or header.get("SOPClassUID") or ""
    )
    syntax = str(meta.get("TransferSyntaxUID") or "1.2.840.10008.1.2")
    if not sop_class or "SOPInstanceUID" not in header:
        raise InvalidInput("It is DICOM but no image or report (a DICOMDIR, perhaps).")
    return Sendable(path, sop_class, syntax)


def send(
    paths: Iterable[Path],
    *,
    host: str,
    port: int,
    called: str,
    calling: str = "PROVIDENT",
    progress: Callable[[Sent], None] = lambda sent: None,
) -> Sent:
    """Send files to a DICOM node; what fails is listed, the rest goes on.

    Raises:
        Refused: the node does not answer, or rejects this called AE title.
    """
    result = Sent()
    ready: list[Sendable] = []
    for path in paths:
        result.found += 1
        try:
            ready.append(sendable(path))
        except InvalidInput as error:
            result.skipped.append((path, str(error)))
    for group in _groups(ready):
        _send_group(group, result, (host, port), called, calling, progress)
    return result


def _groups(ready: list[Sendable]) -> Iterator[list[Sendable]]:
    """Groups that need no more presentation contexts than one association has."""
    kinds: dict[tuple[str, str], list[Sendable]] = {}
    for item in ready:
        kinds.setdefault((item.sop_class, item.transfer_syntax), []).append(item)
    names = sorted(kinds)
    for start in range(0, len(names), CONTEXTS):
        yield [item for name in names[start : start + CONTEXTS] for item in kinds[name]]


def _send_group(
    group: list[Sendable],
    result: Sent,
    address: tuple[str, int],
    called: str,
    calling: str,
    progress: Callable[[Sent], None],
) -> None:
    waiting = list(group)
    for _ in range(ASSOCIATIONS):
        with _association(waiting, address, called, calling) as association:
            waiting = _send_until_lost(association, waiting, result, progress)
        if not waiting:
            return
    result.failed += [(item.path, LOST) for item in waiting]
    progress(result)


def _send_until_lost(
    association: Any,
    waiting: list[Sendable],
    result: Sent,
    progress: Callable[[Sent], None],
) -> list[Sendable]:
    """Send one after the other; returns what is left when the connection is lost."""
    for number, item in enumerate(waiting):
        reason = _store(association, item.path)
        if reason == LOST:
            return waiting[number:]
        if reason:
            result.failed.append((item.path, reason))
        else:
            result.sent += 1
        progress(result)
    return []


@contextlib.contextmanager
def _association(
    group: list[Sendable], address: tuple[str, int], called: str, calling: str
) -> Iterator[Any]:
    from pynetdicom import AE, evt

    entity = AE(calling)
    entity.maximum_pdu_size = 0
    entity.dimse_timeout = ANSWER
    entity.network_timeout = 2 * ANSWER
    for sop_class, syntax in sorted({(g.sop_class, g.transfer_syntax) for g in group}):
        entity.add_requested_context(sop_class, syntax)
    association = entity.associate(
        *address, ae_title=called, max_pdu=0, evt_handlers=[(evt.EVT_CONN_OPEN, _no_delay)]
    )  # fmt: skip
    if not association.is_established:
        raise Refused(
            f"{address[0]}:{address[1]} rejected the association: check the called AE title ({called})."
            if association.is_rejected
            else f"No DICOM node answers at {address[0]}:{address[1]}."
        )
    resume = _without_reactor(association)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        resume()


def _without_reactor(association: Any) -> Callable[[], None]:
    """Keep pynetdicom's reactor thread asleep while we send; returns what wakes it.

    It takes an answer that is ours when it was just waking up as we sent (pynetdicom 3.0.4): `_is_paused` is true
    before the thread waits, not once it does. Then the sender waits in vain and gives up. On a busy machine the thread
    may wake at any later moment, so that besides being put to sleep it is kept from the answers themselves.
    """
    _keep_answers_from_the_reactor(association.dimse)
    checkpoint = association._reactor_checkpoint
    checkpoint.clear()
    # Asleep for certain: paused at every look, for many times the reactor's period of 1 ms.
    looks = 0
    while looks < 20 and association.is_established:
        looks = looks + 1 if association._is_paused else 0
        time.sleep(0.002)
    association._reactor_checkpoint = threading.Event()
    return lambda: checkpoint.set()


def _keep_answers_from_the_reactor(dimse: Any) -> None:
    """Only who waits for an answer gets one: the reactor alone asks without waiting."""
    take = dimse.get_msg

    def get_msg(block: bool = False) -> Any:
        return take(block=True) if block else (None, None)

    dimse.get_msg = get_msg


def _store(association: Any, path: Path) -> str:
    """Send one file; the reason why it failed, or blank."""
    if not association.is_established:
        return LOST
    try:
        status = association.send_c_store(str(path))
    except (ValueError, RuntimeError, AttributeError, OSError) as error:
        return f"It could not be sent ({type(error).__name__})."
    if "Status" not in status:
        return LOST
    if status.Status == 0:
        return ""
    return f"The node refused it (status 0x{status.Status:04X})."


def _no_delay(event: Any) -> None:
    connection = event.assoc.dul.socket.socket
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
