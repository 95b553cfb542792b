"""Whatever stands in a plan's files, loading and checking answer with findings that have a place."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provident import plan, programme
from provident.kernel import Severity


FILES = plan.template_files("arthritis-demo")
YAML = sorted(f for f in FILES if f.endswith(".yaml"))
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture(scope="module", autouse=True)
def _unchanged_files_are_read_once():
    """Only one file changes at a time; reading the other twenty each time is most of the work."""
    load = import_module("provident.plan.load")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "read_document", lru_cache(maxsize=64)(load.read_document))
        yield


def assert_answered(files):
    loaded = plan.load_files(files)
    for finding in loaded.findings:
        assert finding.where.file
        assert finding.where.line >= 1
        assert finding.where.column >= 1
        assert finding.message
    broken = any(
        f.severity is Severity.ERROR and f.code != "PLAN.REFERENCE"
        for f in loaded.findings
    )
    assert (loaded.plan is None) == broken
    report = programme.check_plan(loaded)
    assert report.exit_code == (
        3 if broken else int(any(f.severity is Severity.ERROR for f in report.findings))
    )


@QUICK
@given(st.sampled_from(YAML), st.binary(max_size=200))
def test_any_bytes_as_a_file(file, data):
    assert_answered({**FILES, file: data})


@QUICK
@given(st.sampled_from(YAML), st.data())
def test_any_line_lost(file, data):
    lines = FILES[file].split(b"\n")
    lost = data.draw(st.integers(0, len(lines) - 1))

    assert_answered({**FILES, file: b"\n".join(lines[:lost] + lines[lost + 1 :])})


@QUICK
@given(
    st.sampled_from(YAML),
    st.data(),
    st.sampled_from([b" ", b":", b"{", b"]", b'"', b"\t", b"-", b"#", b"0", b"&"]),
)
def test_any_character_put_in(file, data, sign):
    at = data.draw(st.integers(0, len(FILES[file])))

    assert_answered({**FILES, file: FILES[file][:at] + sign + FILES[file][at:]})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["4 %", "35 min", "77..91 d", "2026-02", "hands_mri", "reader", "no"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def paths(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield (*path, i)
            yield from paths(inner, (*path, i))


def replaced(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


DOCUMENTS = plan.load_files(FILES).documents


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(YAML), st.data(), VALUES)
def test_any_value_in_any_place(file, data, value):
    """JSON is YAML, so that any value can be written as one."""
    document = DOCUMENTS[file]
    path = data.draw(st.sampled_from(sorted(paths(document), key=str)))
    text = json.dumps(replaced(document, path, value), ensure_ascii=True)

    assert_answered({**FILES, file: text.encode()})
