"""The transfer test registers by which key the site's manifests of files are checked."""

from __future__ import annotations

from provident.adapters import signatures
from provident.adapters.gateway import testing
from provident.deid import Profile
from provident.deid.manifests import manifest
from provident.web.intake.models import TransferTest


def test_the_centre_can_check_a_site_s_manifests_after_the_transfer_test(
    gateway, centre, clock
):
    testing.transfer_test(gateway, centre, clock)

    public = TransferTest.objects.get().manifest["manifest_key"]
    told = signatures.signed(
        manifest([], Profile(), gateway.site_key), gateway.site_key
    )
    assert signatures.check(told, public).good
    assert not signatures.check(told | {"quarantined": 3}, public).good
