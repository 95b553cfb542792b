"""The reading room's server, as far as the room sees it, with synthetic scans.

    python viewer/dev/mock_server.py [--port 8123]

It holds to docs/explanation/architecture.md, "The reading room's API", and to the policy (CSP) of
the real pages. The password is `correct horse`. `GET /dev/state` shows what it was sent.
"""

# ruff: noqa: INP001  # a folder of scripts, never installed
from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import sys
import tempfile
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


sys.path.insert(0, str(Path(__file__).resolve().parent))

from mock_cases import build
from mock_designs import build_designs


BUILT = Path(
    os.environ.get(
        "VIEWER_BUILT",
        Path(__file__).resolve().parents[2] / "src/provident/web/static/built",
    )
)
PASSWORD = "correct horse"  # noqa: S105  # of the mock server
CSRF = "mock-csrf"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reading room</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><div id="room" data-case="/read/api/case/{token}" data-csrf="{csrf}"></div>
<script type="module" src="/static/built/{script}"></script></body></html>"""


class MockStudy:
    """The cases and what was done to them, for one worklist in the order of the cases."""

    def __init__(self, folder: Path) -> None:
        self._fresh, self.files = build(folder)
        self._fresh |= build_designs(folder, self.files, self._fresh["case-one"])
        # Taken once: a build that runs meanwhile must not pull the files away from under a reader.
        self.built = {
            p.relative_to(BUILT).as_posix(): p.read_bytes()
            for p in BUILT.rglob("*")
            if p.is_file()
        }
        self.script = str(
            json.loads(self.built["manifest.json"])["src/room/main.ts"]["file"]
        )
        self.mutex = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """All cases unread again."""
        self.cases = copy.deepcopy(self._fresh)
        self.signed: list[dict[str, Any]] = []
        self.saves: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []

    def next_after(self, token: str | None) -> str | None:
        done = {s["token"] for s in self.signed}
        waiting = [t for t in self.cases if t not in done and t != token]
        return f"/read/room/{waiting[0]}" if waiting else None

    def save(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        case = self.cases[token]
        if body["version"] != case["version"] or any(
            s["token"] == token for s in self.signed
        ):
            return 409, case
        case.update(
            answers=body["answers"],
            measurements=body["measurements"],
            version=case["version"] + 1,
        )
        case["active_seconds"] = body["active_seconds"]
        self.saves.append({"token": token, **body})
        return 200, {"version": case["version"], "saved": "2026-11-24T04:00:00Z"}

    def submit(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        case = self.cases[token]
        if case["phase"] == "signed":
            return 409, {"error": "NotReady", "message": "This read is signed"}
        if body["version"] != case["version"]:
            return 409, case
        if body["password"] != PASSWORD:
            return 403, {"detail": "wrong password"}
        findings = [_blank(key) for key in _names(case) if key not in body["answers"]]
        if findings:
            return 422, {"findings": findings}
        case["phase"] = "signed"
        self.signed.append(
            {"token": token, **{k: v for k, v in body.items() if k != "password"}}
        )
        return 200, {"next": self.next_after(token)}

    def choose(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The adjudicator says which of two reads stands."""
        case = self.cases[token]
        if body["password"] != PASSWORD:
            return 403, {"detail": "wrong password"}
        if not body["reason"] or body["choice"] not in {"1", "2"}:
            return 422, {"findings": [{**_blank("reason"), "message": "Say which read stands, and why."}]}  # fmt: skip
        case["phase"] = "signed"
        self.signed.append({"token": token, **{k: v for k, v in body.items() if k != "password"}})  # fmt: skip
        return 200, {"next": self.next_after(token)}

    def lock(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Lock the open stage, and let the next time point be seen."""
        case = self.cases[token]
        label = case["stage"]["labels"][0]
        needed = [f"{label}:{b['id']}" for b in case["form"]["blocks"]]
        findings = [_blank(key) for key in needed if key not in body["answers"]]
        if findings:
            return 422, {"findings": findings}
        stage = case["stage"]
        more = case["later"][:1]
        case["later"] = case["later"][1:]
        case["timepoints"] = [*case["timepoints"], *more]
        labels = [t["label"] for t in more]
        done = [*stage["locked"], *stage["labels"]]
        may = [] if more else [f"{name}:readable" for name in done]
        case.update(
            answers=body["answers"],
            version=case["version"] + 1,
            stage={**stage, "number": stage["number"] + 1, "labels": labels, "locked": done, "kind": "time point" if more else "global", "may_change": may},
        )  # fmt: skip
        return 200, {"version": case["version"], "stage": case["stage"]["number"]}

    def report(self, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Something told on the side."""
        self.reports.append({"token": token, **body})
        return 200, {"told": True}


def _blank(key: str) -> dict[str, Any]:
    return {
        "code": "FORM.BLANK", "severity": "error", "where": {"uid": key}, "message": "This answer is blank.",
        "expected": "an answer or a reason", "found": "", "remedy": "Score it, or say why it is missing.", "subdomain": None,
    }  # fmt: skip


def _names(case: dict[str, Any]) -> list[str]:
    """The names of the answers that a case needs."""
    labels = [t["label"] for t in case["timepoints"]]
    prefixes = [f"{label}:" for label in labels] if len(labels) > 1 else [""]
    names = []
    for block in case["form"]["blocks"]:
        if block["kind"] == "item":
            names += [block["id"]] if block.get("required", True) else []
        else:
            names += [
                f"{block['id']}.{r['id']}.{c['id']}"
                for r in block["rows"]
                for c in block["columns"]
            ]
    return [p + n for p in prefixes for n in names]


class Handler(BaseHTTPRequestHandler):
    """Answers as the platform's reading app does."""

    protocol_version = "HTTP/1.1"
    study: MockStudy

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it
        """Be quiet."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        parts, query = address.path.strip("/").split("/"), parse_qs(address.query)
        match parts:
            case ["static", "built", *rest]:
                self._built("/".join(rest))
            case ["read", "room", token] if token in self.study.cases:
                self._send(
                    200,
                    PAGE.format(
                        token=token, csrf=CSRF, script=self.study.script
                    ).encode(),
                    "text/html; charset=utf-8",
                )
            case ["read", "api", "case", token] if token in self.study.cases:
                self._json(
                    200,
                    {k: v for k, v in self.study.cases[token].items() if k != "later"},
                )
            case ["read", "api", "next"]:
                self._json(
                    200, {"next": self.study.next_after(query.get("token", [None])[0])}
                )
            case ["read", "file", token, name] if f"{token}/{name}" in self.study.files:
                self._send(
                    200,
                    self.study.files[f"{token}/{name}"].read_bytes(),
                    "application/dicom",
                    cache=True,
                )
            case ["dev", "state"]:
                study = self.study
                self._json(
                    200,
                    {
                        "cases": study.cases,
                        "signed": study.signed,
                        "saves": study.saves,
                    },
                )
            case ["read"]:
                self._send(
                    200, b"<!doctype html><title>Worklist</title>Worklist", "text/html"
                )
            case _:
                self._send(404, b"not found", "text/plain")

    def do_PUT(self) -> None:
        self._change("answers", self.study.save)

    def do_POST(self) -> None:
        study = self.study
        verbs = {"submit": study.submit, "choose": study.choose, "lock": study.lock, "report": study.report}  # fmt: skip
        verb = self.path.rsplit("/", 1)[-1]
        self._change(verb, verbs.get(verb))

    def _change(self, what: str, act: Any) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        match self.path.strip("/").split("/"):
            case ["read", "api", "case", token, verb] if (
                act and verb == what and token in self.study.cases
            ):
                if self.headers.get("X-CSRFToken") != CSRF:
                    return self._json(403, {"detail": "csrf"})
                with self.study.mutex:
                    status, answer = act(token, body)
                return self._json(status, answer)
        return self._send(404, b"not found", "text/plain")

    def _json(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _built(self, name: str) -> None:
        body = self.study.built.get(name)
        if body is None:
            return self._send(404, b"not found", "text/plain")
        return self._send(
            200, body, TYPES.get(Path(name).suffix, "text/plain"), cache=True
        )

    def _send(
        self, status: int, body: bytes, kind: str, *, cache: bool = False
    ) -> None:
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header(
            "Cache-Control", "private, max-age=3600, immutable" if cache else "no-store"
        )
        self.end_headers()
        with contextlib.suppress(
            ConnectionError
        ):  # the reader has gone to another page
            self.wfile.write(body)


def start(folder: Path, port: int = 0) -> tuple[ThreadingHTTPServer, MockStudy]:
    """A running server on a free port (or this one), and the study behind it."""
    study = MockStudy(folder)
    handler = type("CaseHandler", (Handler,), {"study": study})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, study


def main() -> None:
    parser = argparse.ArgumentParser(description="Mock server of the reading room")
    parser.add_argument("--port", type=int, default=8123)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, _ = start(Path(folder), arguments.port)
        print(f"http://127.0.0.1:{server.server_port}/read/room/case-one")  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
