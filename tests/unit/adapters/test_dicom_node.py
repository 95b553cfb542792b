"""The DICOM node and client: bytes as they came, success only when durable, whatever is sent."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pydicom
import pytest
from pynetdicom import AE, build_context

from provident.adapters import dicom_client
from provident.adapters.dicom_node import Node
from provident.kernel import InvalidInput, Refused
from provident.kernel.ids import new_id
from tests.peers.scans import exam, mr


class Memory:
    """A receiver that keeps everything, and can fail."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.sessions: dict[str, str] = {}
        self.fails = False
        self.lock = threading.Lock()

    def opened(self, association):
        self.sessions[association] = "open"

    def receive(self, association, data):
        if self.fails:
            raise OSError("disk full")
        with self.lock:
            self.kept.append(data)

    def closed(self, association):
        self.sessions[association] = "closed"


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def node(memory):
    made = Node({"LEEDS": memory}.get, new_id, port=0)
    yield made
    made.stop()


def associate(node, *contexts, called="LEEDS"):
    entity = AE("SCANNER")
    for context in contexts:
        entity.add_requested_context(context.abstract_syntax, context.transfer_syntax)
    return entity.associate("127.0.0.1", node.port, ae_title=called)


def test_an_image_comes_as_it_was_sent(node, memory):
    data = mr()
    association = associate(node, build_context("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.1"))  # fmt: skip
    status = association.send_c_store(pydicom.dcmread(io.BytesIO(data)))
    association.release()

    assert status.Status == 0
    [kept] = memory.kept
    assert kept[128:132] == b"DICM"
    assert pydicom.dcmread(io.BytesIO(kept)) == pydicom.dcmread(io.BytesIO(data))


def test_an_echo_is_answered(node):
    association = associate(node, build_context("1.2.840.10008.1.1"))
    assert association.send_c_echo().Status == 0
    association.release()


def test_another_called_title_is_rejected(node, memory):
    association = associate(node, build_context("1.2.840.10008.1.1"), called="YORK")

    assert association.is_rejected
    assert memory.sessions == {}


def test_a_private_storage_class_in_an_odd_transfer_syntax_is_taken(node, memory):
    ds = pydicom.dcmread(io.BytesIO(mr(SOPClassUID="1.3.46.670589.11.0.0.12.1")))
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    association = associate(node, build_context(ds.SOPClassUID, "1.2.840.10008.1.2.1"))

    assert association.send_c_store(ds).Status == 0
    association.release()
    assert len(memory.kept) == 1


def test_what_cannot_be_kept_is_not_acknowledged(node, memory):
    memory.fails = True
    association = associate(node, build_context("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.1"))  # fmt: skip
    status = association.send_c_store(pydicom.dcmread(io.BytesIO(mr())))
    association.release()

    assert status.Status == 0xA700


def test_an_association_that_is_cut_is_closed_too(node, memory):
    import time

    association = associate(node, build_context("1.2.840.10008.1.1"))
    association.abort()
    deadline = time.monotonic() + 5
    while "open" in memory.sessions.values() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert list(memory.sessions.values()) == ["closed"]


def test_many_senders_at_once_lose_nothing(node, memory, tmp_path):
    def one(n: int):
        folder = tmp_path / str(n)
        folder.mkdir()
        for k, data in enumerate(exam(10, study=f"1.2.3.{n // 2}")):
            (folder / str(k)).write_bytes(data)
        return dicom_client.send(dicom_client.files_of(folder), host="127.0.0.1", port=node.port, called="LEEDS")  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(one, range(6)))

    assert [r.sent for r in results] == [10] * 6
    assert len(memory.kept) == 60


def test_the_client_lists_what_is_no_image_and_goes_on(node, memory, tmp_path):
    (tmp_path / "a.dcm").write_bytes(mr())
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("hello")
    sent = dicom_client.send(dicom_client.files_of(tmp_path), host="127.0.0.1", port=node.port, called="LEEDS")  # fmt: skip

    assert (sent.found, sent.sent, len(sent.skipped), sent.failed) == (3, 1, 2, [])


def test_the_client_tells_what_the_node_refused(node, memory, tmp_path):
    memory.fails = True
    (tmp_path / "a.dcm").write_bytes(mr())
    sent = dicom_client.send(dicom_client.files_of(tmp_path), host="127.0.0.1", port=node.port, called="LEEDS")  # fmt: skip

    assert sent.failed[0][1] == "The node refused it (status 0xA700)."


def test_the_client_says_who_does_not_answer(tmp_path, node):
    (tmp_path / "a.dcm").write_bytes(mr())
    for port, called, words in ((1, "LEEDS", "No DICOM node"), (node.port, "YORK", "called AE title")):  # fmt: skip
        with pytest.raises(Refused, match=words):
            dicom_client.send(dicom_client.files_of(tmp_path), host="127.0.0.1", port=port, called=called)  # fmt: skip
    with pytest.raises(InvalidInput, match="no file or folder"):
        list(dicom_client.files_of(tmp_path / "nothing"))


def test_an_instance_without_a_data_set_is_refused_and_nothing_is_kept(node, memory):
    class Event:
        class assoc:  # as pynetdicom names it
            pass

        def encoded_dataset(self):
            raise AttributeError("no data set")

    node._taken[id(Event.assoc)] = ("a", memory)

    assert node._store(Event()) == 0xC000
    assert memory.kept == []


def test_a_waking_reactor_takes_no_answer_of_ours(node, memory, tmp_path, monkeypatch):  # fmt: skip
    """On a busy machine pynetdicom's thread wakes late and looks for messages while we wait for one."""
    for k, data in enumerate(exam(20)):
        (tmp_path / str(k)).write_bytes(data)
    whole, done = dicom_client._without_reactor, threading.Event()

    def with_a_thief(association):
        resume = whole(association)
        thief = threading.Thread(target=steal, args=(association.dimse,), daemon=True)
        thief.start()
        return resume

    def steal(dimse):
        while not done.is_set():
            dimse.get_msg(block=False)

    monkeypatch.setattr(dicom_client, "_without_reactor", with_a_thief)
    monkeypatch.setattr(dicom_client, "ANSWER", 2.0)
    sent = dicom_client.send(dicom_client.files_of(tmp_path), host="127.0.0.1", port=node.port, called="LEEDS")  # fmt: skip
    done.set()

    assert (sent.sent, sent.failed) == (20, [])
    assert len(memory.kept) == 20  # nothing had to be sent again


def test_a_connection_lost_on_the_way_is_made_again(node, memory, tmp_path, monkeypatch):  # fmt: skip
    for k, data in enumerate(exam(6)):
        (tmp_path / str(k)).write_bytes(data)
    lose = iter([False, False, True])
    whole = dicom_client._store

    def sometimes(association, path):
        if next(lose, False):
            association.abort()
        return whole(association, path)

    monkeypatch.setattr(dicom_client, "_store", sometimes)
    sent = dicom_client.send(dicom_client.files_of(tmp_path), host="127.0.0.1", port=node.port, called="LEEDS")  # fmt: skip

    assert (sent.sent, sent.failed) == (6, [])
    assert len(memory.kept) == 6
