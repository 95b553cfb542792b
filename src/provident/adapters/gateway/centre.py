"""How a gateway speaks with the centre: HTTP, its own token, and no identifier in any message."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx

from provident.adapters.signing import Signer
from provident.kernel import ProvidentError, Refused
from provident.kernel.ids import new_token


POST_INSTANCES = 50  # at most so many instances in one request
POST_BYTES = 8 * 2**20  # and about so many bytes, unless one instance alone is larger


MANIFEST = "transfer manifest"  # what a gateway signs
LANES = 3  # requests with instances at a time: while one waits for the disk, another is read


class CentreAway(ProvidentError):
    """The centre does not answer; the gateway keeps everything and tries again."""


class Centre:
    """The centre's intake, as one gateway sees it."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.lanes = LANES if transport is None else 1
        self._client = httpx.Client(
            base_url=f"{address.rstrip('/')}/intake/api/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(120, connect=10),
            transport=transport,
            trust_env=False,
        )

    def runs(self, *, software: str, plan: str, profile: str) -> None:
        """From now on tell the centre what this gateway runs: Provident's version, the plan's, the profile's hash."""
        self._client.headers.update(
            {"Provident-Software": software, "Provident-Plan": plan, "Provident-Profile": profile}
        )  # fmt: skip

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            response = self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise CentreAway(
                f"The centre does not answer ({type(error).__name__})."
            ) from None
        if response.status_code >= 500:
            raise CentreAway(
                f"The centre cannot answer now (status {response.status_code})."
            )
        told = _json(response)
        if response.status_code >= 400:
            raise Refused(
                str(
                    told.get("message")
                    or f"The centre answered {response.status_code}."
                )
            )
        return told

    def schedule(self) -> dict[str, Any]:
        """The site's participants with their day 0 and consent, and which plan is in force."""
        return dict(self._ask("GET", "schedule"))

    def plan(self, digest: str) -> dict[str, str]:
        """The files of a plan, path to text."""
        return dict(self._ask("GET", f"plan/{digest}")["files"])

    def announce(self, manifest: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
        """Announce a transfer by its manifest, signed: `{"transfer": token, "state", "have": [sha256]}`.

        The same manifest is the same transfer.
        """
        return dict(
            self._ask(
                "POST",
                "transfers",
                content=json.dumps(manifest).encode(),
                headers={
                    "Content-Type": "application/json",
                    "Provident-Key": signer.public,
                    "Provident-Signature": signer.sign(MANIFEST, manifest),
                },
            )
        )

    def send(
        self, transfer: str, instances: Sequence[tuple[str, bytes]]
    ) -> list[dict[str, Any]]:
        """Send instances, (sha256, bytes) each; returns for each what became of it."""
        boundary = new_token(18)
        return list(
            self._ask(
                "POST",
                f"transfers/{transfer}/instances",
                content=multipart(boundary, instances),
                headers={
                    "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}'
                },
            )["instances"]
        )

    def complete(self, transfer: str) -> dict[str, Any]:
        """Everything is sent; the receipt."""
        return dict(self._ask("POST", f"transfers/{transfer}/complete"))

    def bundle(self) -> dict[str, Any]:
        """The profile in force with its lists, signed: `{"bundle", "public_key", "signature"}`."""
        return dict(self._ask("GET", "bundle"))

    def transfer_test(
        self, told: Mapping[str, Any], instances: Sequence[tuple[str, bytes]]
    ) -> dict[str, Any]:
        """Hand in the signed manifest of a transfer test and the files it names, which are looked at and not kept."""
        boundary = new_token(18)
        first = (
            f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode()
            + json.dumps(told).encode()
            + b"\r\n"
        )
        return dict(
            self._ask(
                "POST",
                "tests",
                content=first + multipart(boundary, instances),
                headers={
                    "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}'
                },
            )
        )

    def report_hold(self, told: Mapping[str, Any]) -> None:
        """Tell that images are held back: reason, counts and reference alone."""
        self._ask("POST", "quarantine", json=dict(told))

    def decisions(self) -> list[dict[str, Any]]:
        """What people decided about held images and is not carried out yet."""
        return list(self._ask("GET", "decisions")["decisions"])

    def decision_done(self, reference: str, *, error: str = "") -> None:
        """A decision was carried out, or could not be and why."""
        self._ask("POST", f"decisions/{reference}/done", json={"error": error})


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        raise CentreAway("Something that is not a centre answered.") from None
    return told if isinstance(told, dict) else {}


def multipart(boundary: str, instances: Iterable[tuple[str, bytes]]) -> bytes:
    """A multipart/related body of DICOM instances (PS3.18 8.7), each named by its SHA-256."""
    out = []
    for sha256, data in instances:
        out.append(
            f"--{boundary}\r\nContent-Type: application/dicom\r\nContent-ID: <{sha256}>\r\n"
            f"Content-Length: {len(data)}\r\n\r\n".encode()
        )
        out += [data, b"\r\n"]
    out.append(f"--{boundary}--\r\n".encode())
    return b"".join(out)


def batches(
    instances: Iterable[tuple[str, int]],
) -> Iterable[list[str]]:
    """Split (name, size) into requests of bounded count and size, in order."""
    batch: list[str] = []
    total = 0
    for name, size in instances:
        if batch and (len(batch) >= POST_INSTANCES or total + size > POST_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(name)
        total += size
    if batch:
        yield batch
