"""The engine under Pyodide in a real Chromium: the same bytes as natively, and fast enough for a CT."""

from __future__ import annotations

import io
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import pytest

import provident
from bench.deid.made import ct_slices
from tests.conftest import missing
from tests.journeys.deid_pyodide import inside


pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = Path(__file__).parent
SECONDS = 60.0  # for the corpus, inside the browser
SLICES = 60
LEAST = 40  # slices of 512 x 512 a second (issue 3)

INSIDE = """async () => {
    const python = await loadPyodide({indexURL: "pyodide/"});
    for (const name of ["pydicom.zip", "provident.zip"]) {
        const packed = await (await fetch(name)).arrayBuffer();
        python.unpackArchive(packed, "zip", {extractDir: "/home/pyodide"});
    }
    python.runPython(await (await fetch("inside.py")).text());
    window.python = python;
    window.ask = async (name, asked, ...told) => {
        const archive = new Uint8Array(await (await fetch(name)).arrayBuffer());
        const bytes = python.globals.get("bytes")(python.toPy(archive));
        python.globals.set("answer", python.globals.get(asked)(bytes, ...told));
        return JSON.parse(python.runPython("import json; json.dumps(answer)"));
    };
    return python.runPython("import sys; sys.platform");
}"""


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def own_package() -> bytes:
    """What a browser needs of Provident, without the removal of faces, which needs imaging libraries."""
    top = Path(provident.__file__).parent
    found = [
        p
        for part in ("kernel", "deid", "dicom")
        for p in sorted((top / part).rglob("*"))
        if p.is_file() and not {"__pycache__", "faces"} & set(p.parts)
    ]
    found.append(top / "__init__.py")
    return packed({p.relative_to(top.parent).as_posix(): p.read_bytes() for p in found})


def installed_package(name: str) -> bytes:
    """A pure Python package as pip installed it here, its metadata included."""
    files = metadata.distribution(name).files or []
    return packed(
        {
            str(f): f.locate().read_bytes()
            for f in files
            if ".." not in f.parts
            and not {"__pycache__", "test_files", "charset_files"} & set(f.parts)
        }
    )


@pytest.fixture(scope="module")
def corpus(shared) -> bytes:
    top = shared / "deid" / "corpus" / "in"
    files = sorted(p for p in top.rglob("*") if p.is_file())
    # One of each folder first, so that every kind is among those that fit.
    files.sort(key=lambda p: (sorted(p.parent.iterdir()).index(p), p))
    return packed({p.relative_to(top).as_posix(): p.read_bytes() for p in files})


@pytest.fixture(scope="module")
def python(browser, corpus, tmp_path_factory):
    """A page with Python in it."""
    pyodide = HERE / "node_modules" / "pyodide"
    if not (pyodide / "pyodide.asm.wasm").is_file():
        missing("Pyodide (npm ci in tests/journeys/deid_pyodide)")
    top = tmp_path_factory.mktemp("pyodide")
    (top / "pyodide").symlink_to(pyodide)
    for name in ("python.html", "inside.py"):
        (top / name).write_bytes((HERE / name).read_bytes())
    (top / "provident.zip").write_bytes(own_package())
    (top / "pydicom.zip").write_bytes(installed_package("pydicom"))
    (top / "corpus.zip").write_bytes(corpus)
    slices = {f"{n}.dcm": data for n, data in enumerate(ct_slices(SLICES))}
    (top / "slices.zip").write_bytes(packed(slices))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(top)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.set_default_timeout(180_000)
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/python.html")
    assert page.evaluate(INSIDE) == "emscripten"
    yield page
    page.close()
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *told: object) -> None:
        """Say nothing."""


def test_the_browser_makes_the_same_bytes_as_the_gateway(python, corpus):
    there = python.evaluate("seconds => ask('corpus.zip', 'told', seconds)", SECONDS)
    here = inside.told(corpus, 600)

    assert len(there) == 88
    assert there == here
    assert sum(reason == "" for _, reason, _ in there.values()) == len(there)
    assert {leaks for _, _, leaks in there.values()} == {""}


def test_a_browser_de_identifies_forty_slices_a_second(python, record_property):
    found = python.evaluate("ask('slices.zip', 'pace')")

    record_property("slices_per_second", found)
    print(f"slices of 512 x 512 a second in Chromium: {found}")  # noqa: T201
    assert found["alone"] >= LEAST
