"""The DICOM node: takes C-STORE and C-ECHO for the gateways of this machine, one AE title each.

Nothing is decoded here. The bytes are handed to a receiver as they came, with a part-10 header, and the sender is
told "success" only when the receiver has made them durable.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any, Protocol

from pynetdicom import AE, AllStoragePresentationContexts, _config, evt, transport
from pynetdicom.presentation import build_context


log = logging.getLogger("provident.dicom")

IDLE = 600.0  # seconds: a sender may keep its association open between images
VERIFICATION = "1.2.840.10008.1.1"
SUCCESS = 0x0000
OUT_OF_RESOURCES = 0xA700  # PS3.7 C.5: the sender may try again
CANNOT_UNDERSTAND = 0xC000

_REJECTED_PERMANENT, _BY_USER, _CALLED_AE_UNKNOWN = 1, 1, 7  # PS3.8 table 9-21


class Receiver(Protocol):
    """Where the instances of one association go."""

    def opened(self, association: str) -> None:
        """An association began."""
        ...

    def receive(self, association: str, data: bytes) -> None:
        """Make one instance durable; raising means that the sender is told of a failure."""
        ...

    def closed(self, association: str) -> None:
        """The association ended, in whatever way."""
        ...


def _patch_transport() -> None:
    """Read a PDU in as few calls as the socket allows; pynetdicom's own way reads 4,096 bytes at a time."""

    def recv(self: Any, size: int) -> bytearray:
        buffer = bytearray(size)
        got = 0
        with memoryview(buffer) as view:
            while got < size:
                read = self.socket.recv_into(view[got:], size - got)
                if not read:
                    break
                got += read
        return buffer if got == size else buffer[:got]

    transport.AssociationSocket.recv = recv  # type: ignore[method-assign,assignment]  # the patch
    transport.AssociationServer.request_queue_size = 64


class Node:
    """A listening DICOM node."""

    def __init__(
        self,
        find: Callable[[str], Receiver | None],
        new_id: Callable[[], str],
        *,
        host: str = "127.0.0.1",
        port: int = 11112,
    ) -> None:
        """`find` names the receiver of a called AE title, or None: such an association is rejected."""
        _patch_transport()
        _config.UNRESTRICTED_STORAGE_SERVICE = (
            True  # private and future storage classes too
        )
        self._find = find
        self._new_id = new_id
        self._taken: dict[int, tuple[str, Receiver]] = {}
        self._lock = threading.Lock()
        entity = AE("PROVIDENT")
        entity.maximum_pdu_size = 0
        entity.maximum_associations = 64
        entity.network_timeout = IDLE
        entity.supported_contexts = [
            *AllStoragePresentationContexts,
            build_context(VERIFICATION),
        ]
        self._server: Any = entity.start_server(
            (host, port),
            block=False,
            evt_handlers=[
                (evt.EVT_CONN_OPEN, _no_delay),
                (evt.EVT_REQUESTED, self._requested),
                (evt.EVT_C_STORE, self._store),
                (evt.EVT_C_ECHO, lambda event: SUCCESS),
                (evt.EVT_RELEASED, self._ended),
                (evt.EVT_ABORTED, self._ended),
                (evt.EVT_CONN_CLOSE, self._ended),
            ],
        )

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.socket.getsockname()[1])

    def stop(self) -> None:
        """Stop listening and end what is open."""
        self._server.shutdown()

    def _requested(self, event: Any) -> None:
        called = str(event.assoc.requestor.primitive.called_ae_title).strip()
        receiver = self._find(called)
        if receiver is None:
            # The AE title is not logged: whatever stands there was typed by a person.
            log.warning(
                "an association was rejected: its called AE title is that of no site"
            )
            event.assoc.acse.send_reject(
                _REJECTED_PERMANENT, _BY_USER, _CALLED_AE_UNKNOWN
            )
            event.assoc.kill()
            return
        name = self._new_id()
        with self._lock:
            self._taken[id(event.assoc)] = name, receiver
        receiver.opened(name)

    def _store(self, event: Any) -> int:
        name, receiver = self._taken[id(event.assoc)]
        try:
            data = event.encoded_dataset()
        except (AttributeError, ValueError, TypeError):
            data = b""
        if not data:
            log.warning("an instance came without a data set and was not taken")
            return CANNOT_UNDERSTAND
        try:
            receiver.receive(name, data)
        except Exception as error:  # noqa: BLE001  # whatever failed, the sender must know that we do not have it
            log.error("an instance could not be kept: %s", type(error).__name__)
            return OUT_OF_RESOURCES
        return SUCCESS

    def _ended(self, event: Any) -> None:
        with self._lock:
            taken = self._taken.pop(id(event.assoc), None)
        if taken is not None:
            taken[1].closed(taken[0])


def _no_delay(event: Any) -> None:
    """Small answers leave at once; with Nagle's algorithm a sender waits 40 ms for each."""
    connection = event.assoc.dul.socket.socket
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
