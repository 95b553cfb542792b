"""A site's built-in gateway that speaks with the centre in this process, over its real HTTP interface."""

from __future__ import annotations

import time

import httpx
import pytest


@pytest.fixture(autouse=True)
def _data_directory(settings, tmp_path):
    """Each test has a data directory of its own: objects, gateways."""
    settings.DATA_DIRECTORY = tmp_path
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def gateway(study, clock, site):
    """The built-in gateway of leeds."""
    from provident.web.intake.actions import ensure_built_in
    from provident.web.intake.builtin import built_in

    ensure_built_in(study_id=study.pk, clock=clock)
    return built_in(site)


@pytest.fixture
def centre(gateway):
    """The centre as the gateway reaches it: the whole of Django, without a network."""
    from provident.adapters.gateway.centre import Centre
    from provident.web.config.wsgi import application

    made = Centre(
        "http://centre", gateway.registration.token, transport=httpx.WSGITransport(app=application)
    )  # fmt: skip
    yield made
    made.close()


class Time:
    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def work(gateway, centre, clock):
    """The gateway's work; `settle` lets everything run that can."""
    from provident.adapters.gateway.work import GatewayWork

    seconds = Time()
    made = GatewayWork(gateway, centre, clock, quiet=1, now=seconds)

    def settle() -> None:
        for _ in range(6):
            seconds.at += 3
            made.step()

    made.settle = settle
    return made


@pytest.fixture
def land(gateway):
    """A function that lets files arrive by DICOM, one association."""

    def arrive(files, session="s1"):
        gateway.spool.open_session(session, "dicom", "n", 0.0)
        for data in files:
            gateway.receive(data, session, "dicom")
        gateway.spool.close_session(session, 1.0)

    return arrive
