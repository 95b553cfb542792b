"""A plan's own factors as a CSV: what is read, and everything that is wrong with it at once."""

from __future__ import annotations

import pytest

from provident.acquisition.dose import factor_table
from provident.kernel import InvalidInput


title = "A study's own factors"

HEAD = "kind,region,view,phantom_cm,tracer,from_age,factor,version,source,date\n"
HAND = "projection,Hand,PA,,,15,0.01,1,letter of the expert,2026-01-05\n"
CHEST = "ct,chest,,32,,15,0.014,1,letter of the expert,2026-01-05\n"
FDG = "tracer,,,,FDG,15,0.019,1,ICRP 128,2026-01-05\n"


def read(text: str, file: str = "dose/hand-factors.csv"):
    return factor_table(text.encode(), file=file)


def test_each_kind_of_row_becomes_a_factor():
    found = read(HEAD + HAND + CHEST + FDG)

    assert found.title == "hand-factors 1"
    assert [(f.region, f.view, f.msv_per_gycm2) for f in found.projection] == [("hand", "pa", 0.01)]  # fmt: skip
    assert [(f.region, f.phantom_cm, f.msv_per_mgycm) for f in found.ct] == [("chest", 32, 0.014)]  # fmt: skip
    assert [(f.tracer, f.msv_per_mbq) for f in found.tracers] == [("fdg", 0.019)]
    assert found.source == "letter of the expert; ICRP 128"


def test_a_spreadsheets_byte_order_mark_and_line_ends_are_read():
    text = (HEAD + HAND).replace("\n", "\r\n")

    assert factor_table(b"\xef\xbb\xbf" + text.encode(), file="a.csv").projection


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the columns kind, region"),
        ("kind,factor\nct,1\n", "the columns region"),
        (HEAD, "there are no rows"),
        (HEAD + HAND.replace("projection", "xray"), '"xray" is no kind of row'),
        (HEAD + HAND.replace("0.01", "much"), "`factor` is not a number"),
        (HEAD + HAND.replace("0.01", ""), "`msv_per_gycm2` is missing"),
        (HEAD + HAND.replace("0.01", "-1"), "not a number above 0"),
        (HEAD + HAND.replace("0.01", "nan"), "not a number above 0"),
        (HEAD + CHEST.replace(",32,", ",20,"), "`phantom_cm` is not 16 or 32"),
        (HEAD + HAND.replace("PA,,", "PA,32,"), "a projection row has no `phantom_cm`"),
        (HEAD + HAND + CHEST.replace(",1,letter", ",2,letter"), "`version` differs between rows"),
        (HEAD + HAND.replace("letter of the expert", ""), "`source` is missing"),
        (HEAD + HAND.replace("2026-01-05", "January"), "`date` is not a date"),
        (HEAD + HAND + HAND, "the same row stands twice"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_used_says_all_that_is_wrong(text, words):
    with pytest.raises(InvalidInput) as refused:
        read(text)

    assert words in " ".join(f.message for f in refused.value.findings)
    assert {f.code for f in refused.value.findings} == {"DOSE.FACTORS"}


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(InvalidInput) as refused:
        factor_table(b"\xff\xfe\x00", file="a.csv")

    assert "not a CSV in UTF-8" in refused.value.findings[0].message
