"""Signatures, and a gateway that de-identifies by nothing but what its own centre signed."""

from __future__ import annotations

import json
import stat

import pytest

from provident import programme
from provident.adapters.gateway.schedule import NotSigned, fetch, known_schedule
from provident.adapters.signing import Signer, signed_by
from provident.kernel import NotReady


DOCUMENT = {"b": 1, "a": "ü"}


def test_a_signature_holds_for_its_document_purpose_and_key_alone(tmp_path):
    signer = Signer.kept(tmp_path / "keys/k")
    signature = signer.sign("test", DOCUMENT)
    assert signed_by(signer.public, "test", {"a": "ü", "b": 1}, signature)

    assert not signed_by(signer.public, "other", DOCUMENT, signature)
    assert not signed_by(signer.public, "test", {**DOCUMENT, "b": 2}, signature)
    assert not signed_by(Signer(bytes(32)).public, "test", DOCUMENT, signature)
    assert not signed_by(signer.public, "test", DOCUMENT, "not base64 ü")
    assert not signed_by("", "test", DOCUMENT, signature)


def test_a_kept_key_stays_and_is_its_owners_alone(tmp_path):
    first = Signer.kept(tmp_path / "k")

    assert Signer.kept(tmp_path / "k").public == first.public
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600


def test_a_gateway_takes_a_signed_profile_and_remembers_who_signed(gateway, centre):
    fetch(centre, gateway.root)

    assert known_schedule(gateway.root).plan.version
    assert (gateway.root / "centre-key").read_text() == centre.signer.public


def test_an_older_bundle_than_the_known_one_is_refused(gateway, centre):
    fetch(centre, gateway.root)
    digest = centre.told["plan"]["hash"]
    (gateway.root / f"plan-{digest}.json").unlink()  # as if it were another plan
    centre.in_force_from = "2026-02-01T00:00:00+00:00"

    with pytest.raises(NotSigned, match="older de-identification profile"):
        fetch(centre, gateway.root)


def test_a_plan_that_is_kept_from_before_is_not_gone_back_to_unsigned(gateway, centre):
    """Naming an old plan in the schedule is not enough, even where the gateway still has its files."""
    fetch(centre, gateway.root)
    first = centre.told["plan"]["hash"]
    newer = "1" * 64
    files = (gateway.root / f"plan-{first}.json").read_text()
    (gateway.root / f"plan-{newer}.json").write_text(files)
    centre.told["plan"] = {"version": "2", "hash": newer}
    told = centre.bundle()
    (gateway.root / "bundle.json").write_text(json.dumps(told))
    centre.told["plan"] = {"version": "1", "hash": first}
    centre.in_force_from = "2026-02-01T00:00:00+00:00"

    with pytest.raises(NotSigned, match="older"):
        fetch(centre, gateway.root)


def test_the_centre_is_told_what_runs(gateway, centre):
    fetch(centre, gateway.root)

    profile = programme.deid_profile(known_schedule(gateway.root).plan, "leeds")
    assert centre.running["profile"] == profile.hash
    assert centre.running["software"]


def other_key(centre):
    centre.signer = Signer(bytes([1] * 32))


def other_profile(centre):
    centre.bundle_files = {"deidentification.yaml": "deidentification: {}"}


def other_plan(centre):
    told = centre.bundle()
    told["bundle"] = {**told["bundle"], "plan": {"version": "1", "hash": "0" * 64}}
    centre.bundle = lambda: told


@pytest.mark.parametrize("changes", [other_key, other_profile, other_plan])
def test_what_the_known_centre_did_not_sign_is_not_used(gateway, centre, changes):
    (gateway.root / "centre-key").write_text(centre.signer.public)
    changes(centre)

    with pytest.raises(NotSigned, match="Ask the trial team"):
        fetch(centre, gateway.root)
    with pytest.raises(NotReady):
        known_schedule(gateway.root)
