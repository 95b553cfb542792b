"""The DICOM node's receiver for a gateway: an association is a session of the spool."""

from __future__ import annotations

import time
from pathlib import Path

from provident.adapters.gateway.site import SiteGateway, gateways_in


class GatewayReceiver:
    """Puts instances into one gateway's landing store. `node` names the process, to close what it left open."""

    def __init__(self, gateway: SiteGateway, node: str) -> None:
        self._gateway = gateway
        self._node = node
        self._begun: set[str] = set()

    def opened(self, association: str) -> None:
        """An association began; it becomes a session with its first instance, so that an echo leaves no trace."""

    def receive(self, association: str, data: bytes) -> None:
        """Make one instance durable."""
        if association not in self._begun:
            self._gateway.spool.open_session(
                association, "dicom", self._node, time.time()
            )
            self._begun.add(association)
        self._gateway.receive(data, association, "dicom")

    def closed(self, association: str) -> None:
        """The association ended."""
        if association in self._begun:
            self._begun.discard(association)
            self._gateway.spool.close_session(association, time.time())


class Receivers:
    """The receivers of a data directory's gateways by AE title; gateways made meanwhile are found."""

    def __init__(self, data: Path, node: str) -> None:
        self._data = data
        self._node = node
        self._known: dict[Path, GatewayReceiver] = {}

    def begin(self) -> None:
        """Close what a killed node left open."""
        for gateway in gateways_in(self._data):
            gateway.spool.close_sessions_of_others("dicom", self._node, time.time())

    def __call__(self, called: str) -> GatewayReceiver | None:
        """The receiver of a called AE title, or None."""
        for gateway in gateways_in(self._data):
            if gateway.registration.aet == called:
                return self._receiver(gateway)
        return None

    def _receiver(self, gateway: SiteGateway) -> GatewayReceiver:
        known = self._known.get(gateway.root)
        if known is None:
            known = GatewayReceiver(gateway, self._node)
            self._known[gateway.root] = known
        return known
