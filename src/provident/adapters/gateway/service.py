"""`provident gateway`: a site's gateway on a machine of its own, against a centre elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provident.adapters.gateway.centre import Centre, CentreAway
from provident.adapters.gateway.site import (
    Registration,
    SiteGateway,
    directory_of,
    gateways_in,
)
from provident.adapters.lifeline import Lifeline
from provident.adapters.processes import Child, Supervisor
from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How a gateway runs."""

    data: Path
    centre: str
    token: str
    aet: str
    host: str
    port: int
    quiet: float | None
    keep_days: float


def registered(service: Service) -> list[SiteGateway]:
    """The gateways of the data directory; the first start makes one, of the site that the token is for.

    Raises:
        InvalidInput: nothing is there yet and centre, token or AE title are not given.
        Refused: the centre does not know the token.
    """
    found = gateways_in(service.data)
    if found and not service.token:
        return found
    if not (service.centre and service.token and service.aet):
        raise InvalidInput("The first start of a gateway needs --centre, --token and --aet.")  # fmt: skip
    centre = Centre(service.centre, service.token)
    try:
        told = centre.schedule()
    except CentreAway as error:
        raise InvalidInput(f"{error} Check --centre and the network.") from None
    finally:
        centre.close()
    registration = Registration(
        study=told["study"],
        site=told["site"],
        aet=service.aet,
        centre=service.centre,
        token=service.token,
    )
    root = directory_of(service.data, registration.study, registration.site)
    return [SiteGateway.make(root, registration)]


def serve_gateway(service: Service, tell: Callable[[str], None]) -> None:
    """Run node and work until told to stop.

    Raises:
        Refused: a gateway runs on this data directory already.
    """
    service.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = Lifeline(service.data / "run")
    try:
        gateways = registered(service)
        command = [sys.executable, "-m", "provident.adapters.gateway"]
        data = ["--data", str(service.data)]
        quiet = ["--quiet", str(service.quiet)] if service.quiet is not None else []
        children = [
            Child("dicom node", [*command, "node", *data, "--host", service.host, "--port", str(service.port)]),
            Child("gateway", [*command, "work", *data, "--centre", service.centre,
                              "--keep-days", str(service.keep_days), *quiet]),
        ]  # fmt: skip
        for gateway in gateways:
            told = gateway.registration
            tell(f"Gateway of {told.site} for {told.study}: DICOM {service.host}:{service.port}, AE title {told.aet}")  # fmt: skip
        Supervisor(children, line.environment()).run()
    finally:
        line.close()
