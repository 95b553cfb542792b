"""A manifest that others can check: signed by the site, checked by anybody who has the public key."""

from __future__ import annotations

import base64
import json

import pytest

from provident.adapters.signatures import (
    check,
    fingerprint,
    fingerprint_of,
    public_key,
    signed,
)
from provident.deid import Profile, SiteKey
from provident.deid.manifests import is_signed_by, manifest, read_manifest
from provident.kernel import InvalidInput
from tests.spec.deid.commands import call, document, two_people
from tests.spec.deid.files import KEY


title = "Signatures of manifests"

OTHER = SiteKey(bytes(32))


@pytest.fixture
def told():
    return signed(manifest([], Profile(), KEY), KEY)


def test_the_public_key_checks_what_the_site_s_key_signed(told):
    assert check(told, public_key(KEY)).good
    assert check(told, fingerprint(public_key(KEY))).good
    assert check(told, fingerprint(public_key(KEY)).removeprefix("SHA256:").upper()).good  # fmt: skip
    assert is_signed_by(told, KEY)  # the standard library's form is in it too


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t | {"quarantined": 9}, "signature"),
        (lambda t: t | {"extra": 1}, "signature"),
        (lambda t: t | {"public_signature": t["public_signature"] | {"value": "AAAA"}}, "signature"),
        (lambda t: t | {"public_signature": t["public_signature"] | {"public_key": public_key(OTHER)}}, "other_key"),
        (lambda t: t | {"public_signature": t["public_signature"] | {"public_key": "nonsense"}}, "other_key"),
        (lambda t: t | {"public_signature": t["public_signature"] | {"algorithm": "none"}}, "unsigned"),
        (lambda t: t | {"public_signature": "x"}, "unsigned"),
        (lambda t: {n: v for n, v in t.items() if n != "public_signature"}, "unsigned"),
        (lambda t: signed(manifest([], Profile(), OTHER), OTHER), "other_key"),
    ],
)  # fmt: skip
def test_a_manifest_that_is_not_the_site_s_is_told_and_why(told, change, code):
    result = check(change(told), public_key(KEY))

    assert (result.good, result.code) == (False, code)
    assert result.words


def test_each_key_and_namespace_signs_with_its_own():
    keys = {public_key(k) for k in (KEY, OTHER, SiteKey(KEY.secret, namespace="2"))}

    assert len(keys) == 3
    assert public_key(KEY) == public_key(SiteKey(KEY.secret))
    assert base64.b64decode(public_key(KEY)) != KEY.secret


@pytest.mark.parametrize("text", ["", "abc", "AAAA", "SHA256:12", "x" * 44, "/"])
def test_what_is_no_public_key_is_refused(told, text):
    with pytest.raises(InvalidInput, match="no public key"):
        check(told, text)


def test_a_key_may_stand_in_a_file(tmp_path):
    (tmp_path / "leeds.pub").write_text(f"{public_key(KEY)}\n")

    assert fingerprint_of(str(tmp_path / "leeds.pub")) == fingerprint(public_key(KEY))


def test_the_command_prints_the_key_and_anybody_checks_by_it(tmp_path):
    made = document(call("deid", two_people(tmp_path / "in"), tmp_path / "out", "--json"))  # fmt: skip
    (tmp_path / "out.manifest.json").rename(tmp_path / "sent.json")
    words = ("verify", tmp_path / "out", "--manifest", tmp_path / "sent.json", "--public-key")  # fmt: skip

    for told in (made["public_key"], made["fingerprint"]):
        result = call(*words, told, "--json")
        assert (result.exit_code, document(result)["signed_by"]) == (0, made["fingerprint"])  # fmt: skip

    changed = sorted((tmp_path / "out").rglob("*.dcm"))[0]
    changed.write_bytes(changed.read_bytes().replace(b"AXIAL", b"OTHER"))
    result = call(*words, made["public_key"], "--json")
    assert (result.exit_code, [leak["kind"] for leak in document(result)["leaks"]]) == (1, ["changed"])  # fmt: skip


def test_a_manifest_with_another_signature_ends_the_command_with_1_and_words(tmp_path):
    call("deid", two_people(tmp_path / "in"), tmp_path / "out")

    result = call("verify", tmp_path / "out", "--public-key", public_key(OTHER), "--json")  # fmt: skip

    assert result.exit_code == 1
    assert document(result)["leaks"][0] == {"file": "out.manifest.json", "where": "manifest", "kind": "other_key"}  # fmt: skip
    assert "Ask the site which key it uses now" in result.stderr


def test_the_manifest_still_identifies_nobody(tmp_path):
    call("deid", two_people(tmp_path / "in"), tmp_path / "out")
    told = read_manifest(tmp_path / "out.manifest.json")

    raw = json.dumps(told)
    assert "uarrendon" not in raw
    assert told["public_signature"]["algorithm"] == "Ed25519"
