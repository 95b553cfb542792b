"""Instances of an announced transfer as they come over a connection: each checked, made durable, answered for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from provident.adapters.storage import together
from provident.kernel.ports import ObjectStore
from provident.web.exams.objects import object_store
from provident.web.intake import selectors
from provident.web.intake.manifest import Instance, Manifest
from provident.web.intake.models import Transfer
from provident.web.intake.multipart import boundary_of, parts
from provident.web.intake.sealing import instance_key
from provident.web.intake.verification import fault


IN_MEMORY = 64 * 2**20  # a larger instance is spooled to disk while it arrives


def take_instances(
    transfer: Transfer, content_type: str, read: Callable[[int], bytes]
) -> list[dict[str, str]]:
    """Take the parts of a multipart/related body; returns for each its hash and what became of it.

    Raises:
        InvalidInput: the body is not of its form, or ends in the middle.
    """
    manifest = selectors.manifest_of(transfer)
    boundary = boundary_of(content_type)
    announced = manifest.by_sha256()
    with together(object_store()) as store:
        return [
            _take(store, transfer.study.slug, manifest, announced, pieces)
            for _, pieces in parts(read, boundary)
        ]


def refused_of(results: list[dict[str, str]]) -> list[tuple[str, str]]:
    """(sha256, fault) of what the centre's own check did not let in."""
    return [(row["sha256"], row["code"]) for row in results if row["state"] == "refused"]  # fmt: skip


def _take(
    store: ObjectStore,
    study: str,
    manifest: Manifest,
    announced: Mapping[str, Instance],
    pieces: Iterator[bytes],
) -> dict[str, str]:
    """Store one instance, or say why not; returns its hash and what became of it."""
    with SpooledTemporaryFile(IN_MEMORY) as spooled:
        digest, size = hashlib.sha256(), 0
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            spooled.write(piece)
        name = digest.hexdigest()
        instance = announced.get(name)
        stream = cast("BinaryIO", spooled)
        code = _fault(stream, manifest, instance, size)
        if code or instance is None:
            return {"sha256": name, "state": "refused", "code": code}
        stream.seek(0)
        try:
            store.create(instance_key(study, manifest, instance), stream)
        except FileExistsError:
            return {"sha256": name, "state": "duplicate"}
        return {"sha256": name, "state": "stored"}


def _fault(
    stream: BinaryIO, manifest: Manifest, instance: Instance | None, size: int
) -> str:
    if instance is None:
        return "not_announced"
    if instance.size != size:
        return "hash"
    stream.seek(0)
    return fault(stream, manifest, instance)
