"""Every way to break a plan is answered at its line, with what was expected and the nearest name."""

from __future__ import annotations

import pytest

from provident import plan


title = "Broken plans"

# what is broken | the edit, with the expected place marked ¦ | code | words of the message
BROKEN = [
    (
        "a key that is spelt wrong",
        {"study.yaml": [("    window: 77..91 d", "    ¦windw: 77..91 d")]},
        "PLAN.UNKNOWN_KEY",
        '"windw" is not a key of visits.week12 (did you mean "window"?)',
    ),
    (
        "a key that belongs nowhere",
        {"sites.yaml": [("activation:", "¦colour: blue\nactivation:")]},
        "PLAN.UNKNOWN_KEY",
        '"colour" is not a key of the file',
    ),
    (
        "a key that is missing",
        {
            "study.yaml": [
                ("sponsor: University of Leeds\n", ""),
                ("# A multi", "# A multi"),
                ("\nid: ARTHUR", "\n¦id: ARTHUR"),
            ]
        },
        "PLAN.MISSING_KEY",
        'the file has no "sponsor"',
    ),
    (
        "a key that is missing inside a visit",
        {
            "study.yaml": [
                (
                    "  week12:\n    label: Week 12\n    window: 77..91 d\n",
                    "  ¦week12:\n    label: Week 12\n",
                )
            ]
        },
        "PLAN.MISSING_KEY",
        'visits.week12 has no "window"',
    ),
    (
        "a window in the wrong unit",
        {"study.yaml": [("window: 77..91 d", "window: ¦77..91 mm")]},
        "PLAN.VALUE",
        "is not a range of days",
    ),
    (
        "a window without a unit",
        {"study.yaml": [("window: 77..91 d", "window: ¦77..91")]},
        "PLAN.VALUE",
        "is not a range of days",
    ),
    (
        "a unit that does not exist",
        {"study.yaml": [("window: 77..91 d", "window: ¦77..91 dayz")]},
        "PLAN.VALUE",
        'unknown unit "dayz" (did you mean "day"?)',
    ),
    (
        "a window that ends before it begins",
        {"study.yaml": [("window: 77..91 d", "window: ¦91..77 d")]},
        "PLAN.VALUE",
        "the lower end is above the upper end",
    ),
    (
        "a window with one end",
        {"study.yaml": [("window: 77..91 d", 'window: ¦">= 77 d"')]},
        "PLAN.VALUE",
        "is open at one end",
    ),
    (
        "a word instead of a number",
        {"study.yaml": [("participants: 24", "participants: ¦many")]},
        "PLAN.VALUE",
        'population.participants: expected a whole number, found "many"',
    ),
    (
        "no participants",
        {"study.yaml": [("participants: 24", "participants: ¦0")]},
        "PLAN.VALUE",
        "greater than 0",
    ),
    (
        "a version that is a number",
        {"study.yaml": [('version: "1.4"', "version: ¦1.4")]},
        "PLAN.VALUE",
        "expected a text (put a number in quotes), found 1.4",
    ),
    (
        "a date that does not exist",
        {"study.yaml": [("data_lock: 2027-12-20", "data_lock: ¦2027-13-20")]},
        "PLAN.VALUE",
        '"2027-13-20" is not a date',
    ),
    (
        "a word that is not one of the choices",
        {"study.yaml": [("role: secondary,", "role: ¦secondry,")]},
        "PLAN.VALUE",
        '(did you mean "secondary"?)',
    ),
    (
        "a modality that does not exist",
        {"sites.yaml": [("mr_l1: {modality: MR,", "mr_l1: {modality: ¦MRR,")]},
        "PLAN.VALUE",
        '(did you mean "MR"?)',
    ),
    (
        "an id with capitals and blanks",
        {"study.yaml": [("  week12:", "  ¦Week 12:")]},
        "PLAN.VALUE",
        "expected a name of small letters, digits and underscores",
    ),
    (
        "an AE title that is too long",
        {"sites.yaml": [("aet: PROV_LEEDS ", "aet: ¦PROVIDENT_AT_LEEDS_HOSPITAL ")]},
        "PLAN.VALUE",
        "an AE title: 1 to 16 characters",
    ),
    (
        "a list where a mapping belongs",
        {"quality.yaml": [("arrival: {judge: every exam, within: 1 h, quiet: 60 s}", "arrival: ¦[every exam]")]},
        "PLAN.VALUE",
        "arrival: expected a mapping (key: value), found a list of 1",
    ),
    (
        "a text where a list belongs",
        {"study.yaml": [("imaging: [hands_mri, joints_us]", "imaging: ¦hands_mri")]},
        "PLAN.VALUE",
        'visits.week12.imaging: expected a list, found "hands_mri"',
    ),
    (
        "a value that is neither of two forms",
        {"evidence.yaml": [("product: none ", "product: ¦nothing ")]},
        "PLAN.VALUE",
        "product: expected one of: none or a mapping (key: value)",
    ),
    (
        "a share above everything",
        {"quality.yaml": [("share: {pilot: 100 %", "share: {pilot: ¦120 %")]},
        "PLAN.VALUE",
        "is not between 0 % and 100 %",
    ),
    (
        "a text that a comma has cut",
        {"costs.yaml": [("why: read in Provident", "why: read here, ¦not elsewhere")]},
        "PLAN.VALUE",
        'items.scoring_host: "not elsewhere" stands alone after a comma',
    ),
    (
        "an exam that the plan does not have",
        {"study.yaml": [("imaging: [hands_mri, joints_us]", "imaging: [¦hands_mrt, joints_us]")]},
        "PLAN.REFERENCE",
        'visits.week12.imaging[0]: "hands_mrt" is not an exam of the plan (did you mean "hands_mri"?)',
    ),
    (
        "a scanner that the register does not have",
        {"sites.yaml": [("scanners: [mr_l1,", "scanners: [¦mr_l2,")]},
        "PLAN.REFERENCE",
        '"mr_l2" is not a scanner of the plan',
    ),
    (
        "a role that nobody defined",
        {"people.yaml": [("  booking: radiographer", "  booking: ¦radiografer")]},
        "PLAN.REFERENCE",
        '(did you mean "radiographer"?)',
    ),
    (
        "a form of another version",
        {"reading/erosion.yaml": [("form: ramris@2", "form: ¦ramris@3")]},
        "PLAN.REFERENCE",
        'form: "ramris@3" is not a form of the plan (did you mean "ramris@2"?)',
    ),
    (
        "a series that the manual does not have",
        {"forms/us_synovitis.yaml": [("needs: [joints_us.clips]", "needs: [¦joints_us.clip]")]},
        "PLAN.REFERENCE",
        '"joints_us.clip" is not a series or output of the plan (did you mean "joints_us.clips"?)',
    ),
    (
        "a milestone that the study does not have",
        {"reading/erosion.yaml": [("milestone: data_lock", "milestone: ¦database_lock")]},
        "PLAN.REFERENCE",
        'finish_by.milestone: "database_lock" is not a milestone of the plan',
    ),
    (
        "a read design that is not there",
        {"study.yaml": [("from: reading/erosion.yaml", "from: ¦reading/erosions.yaml")]},
        "PLAN.REFERENCE",
        '(did you mean "reading/erosion.yaml"?)',
    ),
    (
        "a consent option that is not there",
        {"imaging/hands-xray.yaml": [("consent: take_part", "consent: ¦take_parts")]},
        "PLAN.REFERENCE",
        '"take_parts" is not a consent option of the plan (did you mean "take_part"?)',
    ),
    (
        "an indicator that nobody watches",
        {"quality.yaml": [("{when: first_time_compliance acts", "{when: ¦first_time_complience acts")]},
        "PLAN.REFERENCE",
        '(did you mean "first_time_compliance"?)',
    ),
    (
        "hours of a role that is not there",
        {"sites.yaml": [("hours: {radiographer: 6 h", "hours: {¦radiograph: 6 h")]},
        "PLAN.REFERENCE",
        '"radiograph" is not a role of the plan (did you mean "radiographer"?)',
    ),
    (
        "a key written twice",
        {"study.yaml": [("kind: trial\n", "kind: trial\n¦id: OTHER\n")]},
        "PLAN.DUPLICATE_KEY",
        '"id" is already there on line 3',
    ),
    (
        "a bracket that is never closed",
        {"evidence.yaml": "product: none\nimage_access: {commercial: none\nscanner_access¦: {}\n"},
        "PLAN.SYNTAX",
        'a "}" or a comma is missing before this point',
    ),
    (
        "a quote that is never closed",
        {"evidence.yaml": 'product: ¦"none\n'},
        "PLAN.SYNTAX",
        "a quote or bracket opened here is never closed",
    ),
    (
        "a second colon on a line",
        {"evidence.yaml": "product: none: really\n".replace(": really", "¦: really")},
        "PLAN.SYNTAX",
        "put the text in quotes",
    ),
    (
        "a tab",
        {"evidence.yaml": "product:\n¦\tname: x\n"},
        "PLAN.TAB",
        "indented with a tab",
    ),
    (
        "an anchor",
        {"evidence.yaml": "product: ¦&a none\n"},
        "PLAN.ALIAS",
        "an anchor (&a) stands here",
    ),
    (
        "an alias",
        {"evidence.yaml": "product: none\nimage_access: ¦*a\n"},
        "PLAN.ALIAS",
        "an alias (*a) stands here",
    ),
    (
        "a tag",
        {"evidence.yaml": "product: ¦!!python/object:os.system none\n"},
        "PLAN.ALIAS",
        "a tag",
    ),
    (
        "half a character",
        {"evidence.yaml": 'product: ¦"a\\ud800"\n'},
        "PLAN.ENCODING",
        "U+D800",
    ),
    (
        "a control character",
        {"evidence.yaml": 'product: ¦"a\\0b"\n'},
        "PLAN.ENCODING",
        "U+0000",
    ),
    (
        "two documents in a file",
        {"evidence.yaml": "product: none\n¦---\nproduct: none\n"},
        "PLAN.SYNTAX",
        "a second document starts here",
    ),
    (
        "an empty file",
        {"evidence.yaml": "¦"},
        "PLAN.MISSING_KEY",
        "the file is empty",
    ),
    (
        "a file that is a list",
        {"evidence.yaml": "¦- product\n- none\n"},
        "PLAN.VALUE",
        "the file: expected a mapping (key: value), found a list of 2",
    ),
    (
        "a waiver of nothing",
        {"study.yaml": [("{subdomain: economics.costing, why", "¦{why")]},
        "PLAN.VALUE",
        "a waiver names either a finding or a subdomain",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edits", "code", "words"),
    [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in BROKEN],
)
def test_a_broken_plan_says_what_is_wrong_at_its_line(amend, edits, code, words):
    amended = amend(edits)
    loaded = amended.load()

    found = {(f.code, str(f.where)): f.message for f in loaded.findings}
    assert (code, amended.place) in found, [*found.items()]
    assert words in found[code, amended.place]


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        pytest.param(row[1], row[2], id=row[0].replace(" ", "-"))
        for row in BROKEN
        # Renaming what others refer to breaks those references too.
        if row[0] != "an id with capitals and blanks"
    ],
)
def test_one_mistake_is_one_finding(amend, edits, code):
    loaded = amend(edits).load()

    assert [f.code for f in loaded.findings] == [code]


def test_a_renamed_visit_is_missed_wherever_it_was_named(amend):
    loaded = amend({"study.yaml": [("  week12:", "  ¦week_12:")]}).load()

    assert [(f.code, str(f.where).split(":")[0]) for f in loaded.findings] == [
        ("PLAN.REFERENCE", "consent.yaml")
    ]
    assert '(did you mean "week_12"?)' in loaded.findings[0].message


def test_all_problems_of_all_files_are_told_at_once(amend):
    loaded = amend(
        {
            "study.yaml": [("sponsor:", "¦sponser:"), ("phase: III", "phase: [III]")],
            "sites.yaml": [("modality: MR", "modality: MRR")],
            "people.yaml": "roles: [",
        }
    ).load()

    assert [(f.code, f.where.file) for f in loaded.findings] == [
        ("PLAN.SYNTAX", "people.yaml"),
        ("PLAN.VALUE", "sites.yaml"),
        ("PLAN.UNKNOWN_KEY", "study.yaml"),
        ("PLAN.VALUE", "study.yaml"),
    ]
    assert loaded.plan is None


def test_a_file_that_cannot_be_read_makes_no_errors_in_the_others(amend):
    loaded = amend({"people.yaml": "roles: [¦"}).load()

    assert {f.where.file for f in loaded.findings} == {"people.yaml"}


def test_a_file_that_is_not_part_of_a_plan_is_named(demo_files):
    files = {**demo_files, "qualty.yaml": b"a: 1\n"}
    (finding,) = plan.load_files(files).findings

    assert (finding.code, str(finding.where)) == (
        "PLAN.UNKNOWN_FILE",
        "qualty.yaml:1:1",
    )
    assert '(did you mean "quality.yaml"?)' in finding.message


def test_a_file_with_the_other_ending_is_named(demo_files):
    files = {**demo_files, "imaging/more.yml": b"a: 1\n"}
    (finding,) = plan.load_files(files).findings

    assert '(did you mean "imaging/more.yaml"?)' in finding.message


@pytest.mark.parametrize(
    "file", ["study.yaml", "sites.yaml", "quality.yaml", "people.yaml"]
)
def test_a_missing_file_is_named(demo_files, file):
    files = {n: d for n, d in demo_files.items() if n != file}
    loaded = plan.load_files(files)

    assert (file, "PLAN.MISSING_FILE") in {
        (f.where.file, f.code) for f in loaded.findings
    }
    assert loaded.plan is None


def test_a_plan_without_a_manual_does_not_load(demo_files):
    files = {
        n: d
        for n, d in demo_files.items()
        if not n.startswith(("imaging/hands", "imaging/joints"))
    }
    codes = {(f.code, f.where.file) for f in plan.load_files(files).findings}

    assert ("PLAN.MISSING_FILE", "imaging/*.yaml") in codes


def test_a_file_that_the_plan_names_and_does_not_have_is_a_warning(demo_files):
    files = {n: d for n, d in demo_files.items() if n != "prices-2025.csv"}
    loaded = plan.load_files(files)
    (finding,) = loaded.findings

    assert (finding.code, finding.severity, finding.where.file) == (
        "PLAN.MISSING_FILE",
        "warning",
        "costs.yaml",
    )
    assert loaded.plan is not None


def test_the_same_exam_in_two_files_is_refused(demo_files):
    files = {
        **demo_files,
        "imaging/hands-mri-2.yaml": demo_files["imaging/hands-mri.yaml"],
    }
    (finding,) = plan.load_files(files).findings

    assert (finding.code, finding.where.file) == (
        "PLAN.DUPLICATE_ID",
        "imaging/hands-mri.yaml",
    )
    assert finding.message == "hands_mri is defined in imaging/hands-mri-2.yaml already"


def test_a_file_that_is_not_utf8_is_refused_at_its_byte(demo_files):
    files = {**demo_files, "evidence.yaml": b"product: none\nwho: M\xfcller\n"}
    (finding,) = plan.load_files(files).findings

    assert (finding.code, str(finding.where), finding.found) == (
        "PLAN.ENCODING",
        "evidence.yaml:2:7",
        "byte 0xfc",
    )


def test_a_file_that_is_too_big_is_refused_unread(demo_files):
    files = {**demo_files, "evidence.yaml": b"a: 1\n" * 300_000}
    (finding,) = plan.load_files(files).findings

    assert (finding.code, finding.found) == ("PLAN.TOO_BIG", "1,500,000 bytes")


def test_a_file_that_is_nested_without_end_is_refused(demo_files):
    files = {**demo_files, "evidence.yaml": b"a: " + b"[" * 200 + b"]" * 200}
    (finding,) = plan.load_files(files).findings

    assert (finding.code, finding.where.line) == ("PLAN.DEPTH", 1)


def test_a_billion_laughs_are_refused_in_no_time(demo_files):
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n"
        for i in range(20)
    )
    loaded = plan.load_files({**demo_files, "evidence.yaml": bomb.encode()})

    assert {f.code for f in loaded.findings} == {"PLAN.ALIAS"}
