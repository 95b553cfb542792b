"""A walk through everything that a person can fetch: every address there is with every name that exists, in every method."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import pydicom
from django.apps import apps
from django.urls import URLPattern, get_resolver
from django.urls.converters import IntConverter


# Addresses that would end the walk itself.
LEAVES = ("logout",)
MOST = 24  # keys tried of one kind of row
METHODS = ("get", "post")


@dataclass(frozen=True)
class Fetched:
    """One answer: where, and all that came back."""

    method: str
    path: str
    status: int
    headers: dict[str, str]
    cookies: str
    body: bytes

    @property
    def where(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"

    @property
    def is_dicom(self) -> bool:
        return self.headers.get("Content-Type", "") == "application/dicom"


@dataclass
class Walk:
    """What was fetched, in its order."""

    answers: list[Fetched] = field(default_factory=list)

    def at(self, part: str) -> list[Fetched]:
        return [a for a in self.answers if part in a.path]


def patterns(resolver=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the platform, as it is written in the apps' urls."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield whole, one
        else:
            yield from patterns(one, whole)


def numbers() -> list[int]:
    """Every key of a row that an address could name, and two that no row has."""
    found = {0, 987654321}
    for model in apps.get_models():
        if model.__module__.startswith("provident.") and isinstance(model._meta.pk.to_python("1"), int):  # fmt: skip
            found |= set(model.objects.order_by("-pk").values_list("pk", flat=True)[:MOST])  # fmt: skip
    return sorted(found)[:MOST]


def names_for(key: str, converter: object, known: dict[str, list[str]]) -> list[str]:
    """What one part of an address is filled with."""
    if isinstance(converter, IntConverter):
        return [str(n) for n in known["number"]]
    return known.get(key, known["other"])


def addresses(known: dict[str, list[str]], only: str = "") -> Iterator[list[str]]:
    """For each address of the platform all names put in, those that exist first; but not those that end the walk."""
    for whole, one in patterns():
        if whole.endswith(LEAVES) or not re.search(only, whole):
            continue
        keys = re.findall(r"<(?:\w+:)?(\w+)>", whole)
        filled = [names_for(k, _converter(one, k), known) for k in keys]
        yield [_filled(whole, dict(zip(keys, names, strict=True))) for names in product(*filled)]  # fmt: skip


def _filled(whole: str, names: dict[str, str]) -> str:
    path = whole
    for key, value in names.items():
        path = re.sub(rf"<(?:\w+:)?{key}>", value, path, count=1)
    return "/" + path


def _converter(one: URLPattern, key: str) -> object:
    return one.pattern.converters.get(key)


def take(client, method: str, path: str, **more) -> Fetched:
    """One request with all of its answer."""
    answer = getattr(client, method)(path, **more)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # fmt: skip
    return Fetched(
        method=method, path=path, status=answer.status_code, headers=dict(answer.headers),
        cookies=str(answer.cookies), body=body,
    )  # fmt: skip


SAMPLE = {
    "get": 2,
    "post": 1,
}  # of an address that is closed to a role whatever is named in it


def walk(client, known: dict[str, list[str]], only: str = "", also: tuple[str, ...] = ()) -> Walk:  # fmt: skip
    """Fetch everything. Reading is done before anything is posted.

    Where the first names of an address are refused for the role as such (403), a few more are tried and not all.
    """
    found, every = Walk(), [*map(list, addresses(known, only)), *([path] for path in also)]  # fmt: skip
    for method in METHODS:
        for paths in every:
            first = [take(client, method, path) for path in paths[: SAMPLE[method]]]
            found.answers += first
            if not all(a.status in (403, 405) for a in first):
                found.answers += [
                    take(client, method, p) for p in paths[SAMPLE[method] :]
                ]
    tried = {a.path for a in found.answers}
    links = {m for a in found.answers for m in re.findall(r'(?:src|href)="(/[^"#]+)"', _text(a.body))}  # fmt: skip
    found.answers += [take(client, "get", p) for p in sorted(links - tried) if not p.endswith(LEAVES)]  # fmt: skip
    return found


# -- hints

# Words of the plan that a program may have for reasons of its own: static files are the same for every study.
PLAN_WORDS = frozenset({"visit", "site", "date"})


def _text(body: bytes) -> str:
    """The body as words, whatever stands for them: entities, JSON escapes, percent signs."""
    from urllib.parse import unquote

    text = body.decode("utf-8", "replace")
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return unquote(html.unescape(text))


def leaks(
    found: Walk, hints: dict[str, list[str]], said: Callable[[Fetched, str], str] = lambda _, text: text
) -> list[str]:  # fmt: skip
    """Each hint that stands somewhere in an answer: its words, headers, cookies, bytes, DICOM elements.

    `said` takes out of a text what the person may know, such as the study's title.
    """
    told = []
    for answer in found.answers:
        # What was asked is not told: an error page may name the address that was typed.
        asked = _text(answer.path.encode())
        for kind, words in hints.items():
            if kind in PLAN_WORDS and answer.path.startswith("/static/"):
                continue
            for word in words:
                if word.lower() in asked.lower():
                    continue
                if _says(answer, word, said):
                    told.append(f"{answer.where} tells {kind}: {word}")
    return told


def _says(answer: Fetched, word: str, said: Callable[[Fetched, str], str]) -> bool:
    small = _Word(word)
    around = " ".join([*answer.headers, *answer.headers.values(), answer.cookies])
    if small.stands_in(around) or small.stands_in(said(answer, _text(answer.body))):
        return True
    if answer.is_dicom and small.stands_in(_elements(answer.body)):
        return True
    return word.encode("utf-16-le") in answer.body


class _Word:
    """A hint; a short one counts as a whole word alone, since tokens and nonces are long and drawn by lot."""

    def __init__(self, word: str) -> None:
        self.word = word.lower()
        edge = r"(?<![a-z0-9_-])%s(?![a-z0-9_-])" if len(word) < 8 else "%s"
        self.pattern = re.compile(edge % re.escape(self.word))

    def stands_in(self, text: str) -> bool:
        text = text.lower()
        return self.word in text and self.pattern.search(text) is not None


def _elements(body: bytes) -> str:
    """Every element of an image with its value, private ones and the file's own too, as words."""
    ds = pydicom.dcmread(io.BytesIO(body))
    values = [f"{e.tag} {e.keyword} {e.repval if e.VR == 'SQ' else e.value}" for e in ds.iterall() if e.keyword != "PixelData"]  # fmt: skip
    values += [f"{e.keyword} {e.value}" for e in ds.file_meta]
    return "\n".join(values) + ds.preamble.decode("latin-1")


# -- what a shape tells


def shape(value: object) -> object:
    """A JSON value without what it says: keys, kinds and lengths."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in sorted(value.items())}
    if isinstance(value, list):
        return [shape(v) for v in value]
    return type(value).__name__
