"""Bodies of requests that must not lie on a disk in clear: they go from the connection into the landing store."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue
from threading import Thread
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from provident.adapters.gateway.vault import Vault


PIECE = 2**20


def body_pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body of a request, as it comes."""
    return iter(lambda: request.read(PIECE), b"")


class SealedFile:
    """A handed-in file as it lies, encrypted, in the landing store; `erase` when it was taken from there."""

    def __init__(self, vault: Vault, name: str, size: int) -> None:
        self._vault = vault
        self._name = name
        self.size = size

    def pieces(self) -> Iterator[bytes]:
        """Its bytes."""
        with self._vault.open(self._name) as stream:
            while piece := stream.read(PIECE):
                yield piece

    def erase(self) -> None:
        """Remove it."""
        self._vault.erase(self._name)

    def close(self) -> None:
        """The request is over: nothing of it stays."""
        self.erase()


class SealedUpload(FileUploadHandler):
    """Django's way of taking a form's files, with the landing store in place of a temporary file.

    The parser pushes pieces while the vault pulls them, so the vault writes in a thread of its own.
    """

    def __init__(self, vault: Vault, request: HttpRequest) -> None:
        super().__init__(request)
        self._vault = vault
        self._queue: Queue[bytes | None] = Queue(maxsize=8)
        self._kept: list[str] = []
        self._thread: Thread | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._thread = Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        self._kept.append(self._vault.put(iter(self._queue.get, None)))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Hand a piece on; no other handler gets it."""
        self._queue.put(bytes(raw_data))

    def file_complete(self, file_size: int) -> SealedFile:  # type: ignore[override]  # views take it as what it is
        """The file is whole."""
        self._end()
        return SealedFile(self._vault, self._kept.pop(), file_size)

    def upload_interrupted(self) -> None:
        """The sender went away; what came is removed."""
        self._end()
        for name in self._kept:
            self._vault.erase(name)

    def _end(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
