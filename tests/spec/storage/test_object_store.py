"""An object store keeps each key as it was first written, on every engine."""

from __future__ import annotations

import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from provident.adapters.storage import LocalStore, RemoteObjects, open_store
from provident.kernel import InvalidInput


@pytest.fixture(scope="module")
def bucket_server():
    from moto.server import ThreadedMotoServer

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["local", pytest.param("s3", marks=pytest.mark.peer)])
def store(request, tmp_path, monkeypatch):
    if request.param == "local":
        return LocalStore(tmp_path / "objects")
    endpoint = request.getfixturevalue("bucket_server")
    import httpx

    name = f"b{abs(hash(request.node.name)) % 10**9}"
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    for key, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(key, value)
    return open_store(f"s3://{name}", tmp_path)


def test_what_is_written_is_read_back(store):
    store.create("a/b.dcm", b"one")

    assert store.read("a/b.dcm") == b"one"
    assert store.open("a/b.dcm").read() == b"one"
    assert store.size("a/b.dcm") == 3
    assert store.exists("a/b.dcm")


def test_a_stream_is_written_whole(store):
    content = bytes(range(256)) * 20_000
    store.create("big", io.BytesIO(content))

    with store.open("big") as stream:
        stream.seek(256 * 10_000)
        assert stream.read() == content[256 * 10_000 :]


def test_a_key_is_never_overwritten(store):
    store.create("k", b"first")
    with pytest.raises(FileExistsError):
        store.create("k", b"second")

    assert store.read("k") == b"first"


def test_of_many_writers_of_one_key_exactly_one_wins(store):
    start = threading.Barrier(8)

    def write(n: int) -> int:
        start.wait()
        try:
            store.create("race", bytes([n]) * 1000)
        except FileExistsError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(write, range(8)))

    assert won == 1
    assert len(set(store.read("race"))) == 1


def test_keys_come_in_order_and_by_prefix(store):
    for key in ("x/2", "x/1", "y/1", "x2/1"):
        store.create(key, b"")

    assert list(store.keys("x/")) == ["x/1", "x/2"]
    assert list(store.keys("x")) == ["x/1", "x/2", "x2/1"]
    assert list(store.keys()) == ["x/1", "x/2", "x2/1", "y/1"]


def test_an_erased_key_is_gone(store):
    store.create("k", b"x")
    store.delete("k")
    store.delete("k")

    assert not store.exists("k")
    with pytest.raises(FileNotFoundError):
        store.read("k")


def test_an_absent_key_is_file_not_found(store):
    for ask in (store.read, store.open, store.size):
        with pytest.raises(FileNotFoundError):
            ask("nothing")


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "../a", "a/../b", "a//b", ".hidden", "a b", "ä", "a" * 401]
)
def test_a_key_that_could_leave_the_store_is_refused(store, key):
    with pytest.raises(InvalidInput):
        store.create(key, b"x")


def test_a_crash_in_the_middle_leaves_no_half_object(tmp_path):
    class Breaks(io.RawIOBase):
        def __init__(self) -> None:
            self.left = 2

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            if not self.left:
                raise OSError("pulled")
            return b"half"

    store = LocalStore(tmp_path)
    with pytest.raises(OSError, match="pulled"):
        store.create("k", Breaks())

    assert list(store.keys()) == []
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_an_address_of_no_known_service_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="PROVIDENT_STORE"):
        open_store("ftp://somewhere/x", tmp_path)


def test_without_an_address_the_data_directory_is_used(tmp_path):
    store = open_store("", tmp_path)
    store.create("k", b"x")

    assert isinstance(store, LocalStore)
    assert (tmp_path / "objects/k").read_bytes() == b"x"
    assert not isinstance(store, RemoteObjects)
