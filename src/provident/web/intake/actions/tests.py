"""The only writer of transfer tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from provident.adapters.gateway.testing import PURPOSE as TEST
from provident.kernel import Clock, Refused
from provident.web.intake import selectors
from provident.web.intake.actions.gateways import Signed, check_signature, gateway_actor
from provident.web.intake.models import Gateway, TransferTest
from provident.web.ledger.record import Actor, record
from provident.web.sites.actions import keep_test
from provident.web.sites.models import Site


@transaction.atomic
def record_test(
    *,
    gateway: Gateway,
    told: Mapping[str, Any],
    signed: Signed,
    findings: Sequence[str],
    clock: Clock,
) -> TransferTest:
    """Keep the result of a transfer test; the first one tells the key that this gateway signs with.

    Raises:
        Refused: the manifest is not signed by the gateway, or is another site's.
    """
    row = Gateway.objects.select_for_update(of=("self",)).select_related("study", "site").get(pk=gateway.pk)  # fmt: skip
    if (told["study"], told["site"]) != (row.study.slug, row.site.code):
        raise Refused("This gateway may not test for that site.")
    check_signature(row, TEST, told, signed)
    made = TransferTest.objects.create(
        study=row.study, site=row.site, gateway=row, findings=list(findings), manifest=dict(told),
        outcome=TransferTest.Outcome.FAILED if findings else TransferTest.Outcome.PASSED,
        signature=signed.signature, public_key=signed.public_key, profile_hash=str(told["profile"]["hash"])[:64],
        plan_version=str(told["plan"]["version"])[:40], software=told["software"][:40], files=len(told["files"]),
        held=sum(f["state"] == "held" for f in told["files"]), tested_at=clock.now(),
    )  # fmt: skip
    keep_test(
        site=row.site, outcome=made.outcome, profile=made.profile_hash, software=made.software, at=made.tested_at,
    )  # fmt: skip
    record(clock=clock, by=gateway_actor(row), study=row.study.slug, action="site.transfer_tested", thing="site",
           thing_id=row.site.code, site=row.site.code,
           new={"outcome": made.outcome, "files": made.files, "findings": len(made.findings), "plan": made.plan_version,
                "signature": made.signature})  # fmt: skip
    return made


@transaction.atomic
def ask_for_test(*, site: Site, by: Actor, clock: Clock) -> None:
    """Ask a site's built-in gateway for a transfer test.

    Raises:
        NotFound: the site's gateway is another machine.
    """
    gateway = selectors.gateway_at(site)
    transaction.on_commit(gateway.want_test)
    record(clock=clock, by=by, study=site.study.slug, action="site.transfer_test_asked", thing="site",
           thing_id=site.code, site=site.code)  # fmt: skip
