"""From a bucket to a bucket: the same bytes as from a folder; what identifies stays on the site's own disk."""

from __future__ import annotations

import io
import json
import socket
import zipfile

import httpx
import obstore
import pydicom
import pytest
from obstore.store import from_url
from typer.testing import CliRunner

from provident.adapters.deid_files import RemoteSource, last_part, remote_sources
from provident.cli.main import build
from provident.deid.sources import Unreadable
from provident.kernel import InvalidInput, Refused
from tests.spec.deid.files import ct_file


title = "Buckets"
pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def app():
    return build()


@pytest.fixture(scope="module")
def endpoint():
    from moto.server import ThreadedMotoServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch, request, tmp_path):
    """A bucket with two scans and a note below scans/; its name."""
    name = f"b{abs(hash(request.node.name)) % 10**9}"
    for key, value in {
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(key, value)
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    for path, data in FILES.items():
        httpx.put(f"{endpoint}/{name}/scans/{path}", content=data).raise_for_status()
    monkeypatch.chdir(tmp_path)
    return name


FILES = {
    "a/IM1.dcm": ct_file(),
    "a/IM2.dcm": ct_file(SOPInstanceUID="1.2.826.0.1.99.1.1.2"),
    "Quarrendon.txt": b"of Ottilie",
}


def call(app, *args: object):
    return CliRunner().invoke(app, [str(a) for a in args])


def keys(endpoint: str, bucket: str, prefix: str) -> set[str]:
    return {s.name for s in remote_sources(f"s3://{bucket}/{prefix}")}


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_bucket_gives_the_same_bytes_as_a_folder(
    app, bucket, endpoint, tmp_path, workers
):
    folder = tmp_path / "in"
    for path, data in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    call(app, "deid", folder, tmp_path / "local")

    result = call(
        app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean/run1",
        "--key", tmp_path / "local.key", "--crosswalk", tmp_path / "local.crosswalk.csv",
        "--workers", workers, "--json",
    )  # fmt: skip

    told = json.loads(result.stdout)
    assert (told["in"], told["out"], told["quarantined"]) == (3, 2, 1)
    for source in remote_sources(f"s3://{bucket}/clean/run1"):
        assert source.read() == (tmp_path / "local" / source.name).read_bytes()


def test_what_identifies_people_stays_on_the_site_s_disk(
    app, bucket, endpoint, tmp_path
):
    call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean/run2")

    assert {p.name for p in tmp_path.iterdir()} == {
        "run2.crosswalk.csv", "run2.key", "run2.journal", "run2.quarantine", "run2.report.html", "run2.report.json", "run2.manifest.json",
    }  # fmt: skip
    assert keys(endpoint, bucket, "clean") == {"run2/a/IM1.dcm", "run2/a/IM2.dcm"}


def test_a_run_goes_on_where_objects_are_missing(app, bucket, endpoint, tmp_path):
    call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean")
    obstore.delete(from_url(f"s3://{bucket}", client_options={"allow_http": True}), "clean/a/IM2.dcm")  # fmt: skip

    result = call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean", "--json")

    assert json.loads(result.stdout)["out"] == 2
    assert keys(endpoint, bucket, "clean") == {"a/IM1.dcm", "a/IM2.dcm"}


def test_an_object_that_has_gone_waits(bucket):
    with pytest.raises(Unreadable):
        RemoteSource(f"s3://{bucket}/scans", "a/gone.dcm", "1").read()


@pytest.mark.parametrize(
    ("source", "out", "words"),
    [
        ("s3://{}/nothing", "out", "no object below this prefix"),
        ("s3://no-such-bucket-here/x", "out", "cannot be listed"),
        ("s3://{}/scans", "s3://{}/scans/out", "lie in each other"),
        ("s3://{0}/scans/out", "s3://{0}/scans", "lie in each other"),
        ("ftp://{}/scans", "out", "no address such as"),
        ("s3:///scans", "out", "no address such as"),
    ],
)
def test_mistakes_end_in_words(app, bucket, source, out, words):
    result = call(app, "deid", source.format(bucket), out.format(bucket))

    assert isinstance(result.exception, InvalidInput)
    assert words in str(result.exception)


@pytest.mark.parametrize(
    ("address", "name"),
    [("s3://b/x/y/", "y"), ("s3://b/x", "x"), ("s3://b", "b"), ("s3://b/", "b")],
)
def test_what_files_beside_a_bucket_s_output_are_called(address, name):
    assert last_part(address) == name


def put(endpoint: str, bucket: str, path: str, data: bytes) -> None:
    httpx.put(f"{endpoint}/{bucket}/{path}", content=data).raise_for_status()


def test_an_archive_in_a_bucket_is_read_where_it_lies(app, bucket, endpoint, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CT/IM7.dcm", ct_file(SOPInstanceUID="1.2.7"))
        archive.writestr("note", b"hi")
    put(endpoint, bucket, "scans/old.zip", packed.getvalue())
    put(endpoint, bucket, "scans/none.zip", b"PK\x03\x04 and no more")

    told = json.loads(call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean", "--json").stdout)  # fmt: skip

    reasons = {f["in"]: f["reason"] for f in told["files"]}
    assert reasons["old.zip/CT/IM7.dcm"] is None
    assert (reasons["old.zip/note"], reasons["none.zip"]) == ("not_dicom", "not_dicom")
    assert (told["in"], told["out"]) == (6, 3)
    again = json.loads(call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean", "--json").stdout)  # fmt: skip
    assert again["files"] == told["files"]


def test_an_index_is_written_into_a_bucket_too(app, bucket, endpoint, tmp_path):
    result = call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean", "--dicomdir", "--json")  # fmt: skip
    told = json.loads(result.stdout)

    made = {s.name: s.read() for s in remote_sources(f"s3://{bucket}/clean")}
    assert told["dicomdir"] is True
    index = pydicom.dcmread(io.BytesIO(made.pop("DICOMDIR")))
    listed = {"/".join(r.ReferencedFileID) for r in index.DirectoryRecordSequence if "ReferencedFileID" in r}  # fmt: skip
    assert listed == set(made)
    result = call(app, "verify", f"s3://{bucket}/clean", "--manifest", tmp_path / "clean.manifest.json", "--public-key", told["public_key"])  # fmt: skip
    assert result.exit_code == 0, result.output


def test_a_prefix_that_holds_something_else_is_refused(app, bucket, endpoint):
    put(endpoint, bucket, "clean/identified.dcm", ct_file())

    result = call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean")

    assert isinstance(result.exception, Refused)
    assert keys(endpoint, bucket, "clean") == {"identified.dcm"}


def test_a_run_anew_takes_away_what_the_earlier_one_made(
    app, bucket, endpoint, tmp_path
):
    call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean")
    obstore.delete(from_url(f"s3://{bucket}", client_options={"allow_http": True}), "scans/a/IM2.dcm")  # fmt: skip

    call(app, "deid", f"s3://{bucket}/scans", f"s3://{bucket}/clean", "--anew")

    assert keys(endpoint, bucket, "clean") == {"a/IM1.dcm"}


def test_a_bucket_that_cannot_be_written_is_said_in_words(app, bucket, tmp_path):
    result = call(app, "deid", f"s3://{bucket}/scans", "s3://no-such-bucket-here/x")

    assert isinstance(result.exception, InvalidInput)
    assert "goes on where it stopped" in str(result.exception) or "cannot be listed" in str(result.exception)  # fmt: skip
