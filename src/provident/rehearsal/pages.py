"""A person at a browser: pages are fetched, read and filled in over HTTP, each person logged in as themselves."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from provident.kernel import NotReady, ProvidentError
from provident.rehearsal.cast import Account


SILENT = {"script", "style", "head"}
APART = {
    "p",
    "div",
    "br",
    "li",
    "a",
    "dt",
    "dd",
    "option",
}  # their text never joins what stands before
ERRORS = ("nhsuk-error-summary", "say--red", "nhsuk-error-message")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Stopped(ProvidentError):
    """A step of the rehearsal did not work; the message is the page's own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the text of its cells, and where its links lead."""

    cells: tuple[str, ...]
    links: tuple[str, ...]

    def link(self, pattern: str) -> str | None:
        """The first link that fits a regular expression."""
        return next((to for to in self.links if re.search(pattern, to)), None)

    @property
    def text(self) -> str:
        """All cells as one text."""
        return " | ".join(self.cells)


@dataclass(slots=True)
class Page:
    """A page as read: its rows, its links (text, address), its choice fields, and what it complains of."""

    address: str
    status: int
    source: str
    rows: list[Row] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        """The form's token against forged requests."""
        found = _TOKEN.search(self.source)
        return html.unescape(found[1]) if found else ""


class _Reader(HTMLParser):
    """Reads rows, links, choices and complaints from a page."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self._silent = 0
        self._cells: list[list[str]] = []
        self._row_links: list[str] = []
        self._in_row = False
        self._link: list[str] | None = None
        self._href = ""
        self._select = ""
        self._complaint: list[str] | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in SILENT:
            self._silent += 1
        self._note_complaint(tag, told)
        if tag in APART:
            self.handle_data(" ")
        match tag:
            case "tr":
                self._cells, self._row_links, self._in_row = [], [], True
            case "td" | "th":
                self._cells.append([])
            case "a":
                self._link, self._href = [], told.get("href", "")
                self._row_links.append(self._href)
            case "select":
                self._select = told.get("name", "")
                self.page.choices[self._select] = []
            case "option" if self._select:
                self.page.choices[self._select].append(told.get("value", ""))
            case "input" if told.get("type") in ("checkbox", "radio"):
                self.page.choices.setdefault(told.get("name", ""), []).append(
                    told.get("value", "")
                )

    def _note_complaint(self, tag: str, told: Mapping[str, str]) -> None:
        if self._complaint is not None:
            self._depth += tag == "div"
        elif tag == "div" and any(name in told.get("class", "") for name in ERRORS):
            self._complaint, self._depth = [], 1

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent -= 1
        if self._complaint is not None and tag == "div":
            self._depth -= 1
            if not self._depth:
                self.page.complaints.append(_tidy(self._complaint))
                self._complaint = None
        match tag:
            case "tr" if self._in_row:
                cells = tuple(_tidy(c) for c in self._cells)
                self.page.rows.append(Row(cells, tuple(self._row_links)))
                self._in_row = False
            case "a" if self._link is not None:
                self.page.links.append((_tidy(self._link), self._href))
                self._link = None
            case "select":
                self._select = ""

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._in_row and self._cells:
            self._cells[-1].append(data)
        for text in (self._link, self._complaint):
            if text is not None:
                text.append(data)


def _tidy(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


def read_page(address: str, status: int, source: str) -> Page:
    """A page from its HTML."""
    page = Page(address, status, source)
    reader = _Reader(page)
    reader.feed(source)
    reader.close()
    return page


class Visitor:
    """One person at a browser, logged in."""

    def __init__(
        self, address: str, account: Account, study: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:  # fmt: skip
        self.account = account
        self.study = study
        self._client = httpx.Client(
            base_url=address, follow_redirects=True, timeout=60, trust_env=False, transport=transport,
            headers={"Referer": f"{address}/"},
        )  # fmt: skip

    def log_in(self) -> None:
        """Log in with name and password."""
        page = self.get("/login")
        told = {"username": self.account.username, "password": self.account.password}
        self._post("/login", {**told, "csrfmiddlewaretoken": page.token})

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def path(self, rest: str) -> str:
        """An address of the study."""
        return f"/s/{self.study}/{rest}"

    def get(self, path: str) -> Page:
        """Open a page.

        Raises:
            Stopped: it cannot be opened; the message is the page's.
        """
        return self._read(path, self._client.get(path))

    def send(self, path: str, told: Mapping[str, Any]) -> Page:
        """Open a form's page at its address, fill it in and send it.

        Raises:
            Stopped: it was not taken; the message is the page's.
        """
        token = self._client.cookies.get("csrftoken") or self.get(path).token
        return self._post(path, {**told, "csrfmiddlewaretoken": token})

    def upload(self, path: str, told: Mapping[str, Any], name: str, files: Sequence[bytes]) -> Page:  # fmt: skip
        """Fill in a form that takes files, and send it.

        Raises:
            Stopped: it was not taken; the message is the page's.
        """
        token = self._client.cookies.get("csrftoken") or self.get(path).token
        named = [(name, (f"{n}.dcm", data)) for n, data in enumerate(files)]
        data = {**told, "csrfmiddlewaretoken": token}
        return self._read(path, self._client.post(path, data=data, files=named))

    def _post(self, path: str, told: Mapping[str, Any]) -> Page:
        return self._read(path, self._client.post(path, data=dict(told)))

    def _read(self, path: str, response: httpx.Response) -> Page:
        page = read_page(path, response.status_code, response.text)
        if response.status_code >= 400:
            said = " ".join(dict.fromkeys(page.complaints)) or f"status {response.status_code}"  # fmt: skip
            raise Stopped(f"{self.account.name} at {path}: {said}")
        return page

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Speak with an interface that answers JSON.

        Raises:
            NotReady: it is not the time for that (409).
            Stopped: it was refused; the message is the answer's.
        """
        token = self._client.cookies.get("csrftoken") or ""
        response = self._client.request(
            method, path, json=body, headers={"X-CSRFToken": token}
        )
        told = _json(response)
        if response.status_code == 409:
            raise NotReady(str(told.get("message", "")))
        if response.status_code >= 400:
            findings = [f.get("message", "") for f in told.get("findings", ())]
            said = " ".join([str(told.get("message", response.status_code)), *findings[:3]])  # fmt: skip
            raise Stopped(f"{self.account.name} at {path}: {said}")
        return told

    def fetch(self, path: str) -> bytes:
        """The bytes of a file.

        Raises:
            Stopped: there are none for this person.
        """
        response = self._client.get(path)
        if response.status_code >= 400:
            raise Stopped(f"{self.account.name} at {path}: status {response.status_code}")  # fmt: skip
        return response.content


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return {"message": f"status {response.status_code}"}
