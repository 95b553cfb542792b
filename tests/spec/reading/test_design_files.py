"""A read design of the plan: what is refused where, and what it becomes with its form."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from provident.forms import score_file
from provident.kernel import NotFound, PlanError
from provident.plan.document import read_document
from provident.plan.models.forms import FormFile
from provident.plan.models.reading import ReadDesignFile
from provident.plan.models.study import BlindedTo
from provident.programme.reads import form, read_design, read_designs, read_problems
from provident.reading import Adjudicated, Agreed, Mode, Tie
from tests.unit.forms.made import ramris
from tests.unit.reading.written import written


title = "Read designs"


def by_visit(**changes):
    given = written(**changes)
    given["unit"] = "visit"
    given["present"] = {**given["present"], "mode": "time_point"}
    given["adjudicate"]["when"] = {"far": "abs(a.erosion_total - b.erosion_total) > 5"}
    return given


def errors(given):
    with pytest.raises(ValidationError) as caught:
        ReadDesignFile.model_validate(given)
    found: dict[str, str] = {}
    for error in caught.value.errors():
        place = ".".join(str(step) for step in error["loc"])
        words = error["msg"].removeprefix("Value error, ")
        found[place] = f"{found[place]}; {words}" if place in found else words
    return found


def changed(path, value):
    given = deepcopy(written())
    *way, last = path.split("/")
    here = given
    for step in way:
        here = here[step]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return given


def plan_of(design=None, form_file=None):
    """A plan as far as reading needs it."""
    file = FormFile.model_validate(form_file or ramris())
    reading = ReadDesignFile.model_validate(design or written())
    blinded = BlindedTo(arm=("reader",), scores=("clinical_team",))
    return SimpleNamespace(
        forms={file.key: file},
        reading={reading.endpoint: reading},
        study=SimpleNamespace(blinded_to=blinded),
    )


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("unit", "visit", "present.mode", "mode time_point belongs to unit: visit"),
        ("present/mode", "time_point", "present.mode", "belongs to unit: visit"),
        ("present/mode", "time_sequential", "present.time_order", "cannot hide"),
        ("visits", ["baseline", "week52", "baseline"], "visits", "named twice"),
        ("visits", [], "visits", "at least 1"),
        ("readers/primary", 1, "readers.primary", "two primary reads"),
        ("readers/primary", 3, "readers.primary", "two primary reads"),
        ("readers/primary", 3, "final.agreed", "mean of all, median, majority"),
        ("readers/primary", 10, "readers.primary", "less than or equal to 9"),
        ("final/agreed", "median", "final.agreed", "belongs to a panel"),
        ("final/no_majority", "median", "final.no_majority", "and no other rule"),
        ("final/adjudicated", "consensus", "final.adjudicated", "consensus of the two"),
        (
            "adjudicate/how",
            "consensus of the two",
            "readers.adjudicator",
            "find their consensus themselves",
        ),
        ("present/mode", "hybrid", "present", "ends with a global read"),
        (
            "present/global_read",
            {"may_change": ["response"]},
            "present.global_read",
            "and no other, ends with a global read",
        ),
        (
            "present/global_read",
            {"may_change": []},
            "present.global_read",
            "at least 1",
        ),
        (
            "present",
            {"mode": "simultaneous_random_time", "time_order": "shown"},
            "present.time_order",
            "an order by lot is hidden",
        ),
        (
            "present/prior_answers",
            "own locked",
            "present.prior_answers",
            "earlier answers tell",
        ),
        ("serves", "fun", "serves", "'analysis'"),
        ("readers/adjudicator", 0, "readers.adjudicator", "no adjudicator"),
        ("adjudicate", None, "readers.adjudicator", "no rule when to adjudicate"),
        (
            "readers/adjudicator_pool",
            "reader",
            "readers.adjudicator_pool",
            "nobody judges their own read",
        ),
        ("final/tie", None, "final", "add tie:"),
        ("final/adjudicated", None, "final", "add adjudicated:"),
        (
            "adjudicate/how",
            "choice of one of the two",
            "final.adjudicated",
            "may only choose one of them",
        ),
        ("hide", ["arm"], "hide", "other_answers is hidden"),
        (
            "hide",
            ["other_answers", "visit_order"],
            "hide",
            "dates and order tell each other",
        ),
        ("present/time_order", "shown", "hide", "visit_order is hidden, but"),
        ("hide", ["arms"], "hide.0", "'arm'"),
        (
            "adjudicate/when/change",
            "a.week25.change > 1",
            "adjudicate.when.change",
            'did you mean "week52"?',
        ),
        (
            "adjudicate/when/change",
            "a.week52.change - b.week52.change",
            "adjudicate.when.change",
            "a condition is needed",
        ),
        (
            "adjudicate/when/change",
            "c.week52.change > 1",
            "adjudicate.when.change",
            "known here: a, b, limits",
        ),
        (
            "adjudicate/when/change",
            "a.week52.change > limits.sdc",
            "adjudicate.when.change",
            'unknown name "limits.sdc"',
        ),
        ("adjudicate/when", {}, "adjudicate.when", "at least 1"),
        (
            "adjudicate/when",
            {"one_not_evaluable": "a.week52.change > 1"},
            "adjudicate.when.one_not_evaluable",
            "choose another id",
        ),
        ("value", "week25.change", "value", 'did you mean "week52"?'),
        ("value", "week52", "value", "is not a visit of this design and a value at it"),
        ("form", "ramris", "form", "pattern"),
        ("repeats/last_draw", "soon", "repeats.last_draw", "a time before a milestone"),
        ("qualify/set", "some cases", "qualify.set", "a number of cases"),
        ("monitor/every", "0 reads", "monitor.every", "a number of reads"),
        ("order/strata", ["arm"], "order.strata.0", "'site'"),
        ("limits", {"smallest": "some day"}, "limits.smallest", ""),
        ("wrong", 1, "wrong", "Extra inputs"),
    ],
)
def test_what_contradicts_or_is_left_open_is_named_at_its_place(
    path, value, place, words
):
    found = errors(changed(path, value))

    where = [key for key in found if key.startswith(place)]
    assert where, found
    assert any(words in found[key] for key in where), found


def test_one_wrong_key_does_not_hide_what_else_is_wrong():
    given = written(hide=["arms"], limits={"smallest": "some day"})
    given["final"]["tie"] = "the taller"
    given["readers"]["adjudicator"] = 0
    given["adjudicate"]["when"] = {"x": "a.week25.change > 1"}
    given["visits"] = ["baseline", "baseline"]

    assert set(errors(given)) >= {
        "hide.0",
        "final.tie",
        "readers.adjudicator",
        "limits.smallest.float",
        "visits",
    }


def test_a_file_that_is_no_mapping_is_refused_once():
    assert list(errors(["a list"])) == [""]


def test_a_design_that_compares_several_values_must_say_which_is_analysed():
    found = errors(changed("adjudicate/when/change", "a.week52.total > b.week52.total"))

    assert "say which value is analysed" in found[""]


def test_a_single_reader_takes_the_first_read():
    given = written(
        readers={"primary": 1, "pool": "reader"},
        adjudicate=None,
        final={"agreed": "mean of two"},
        value="week52.change",
    )

    assert "write agreed: first" in errors(given)["final.agreed"]


def test_a_rule_for_an_adjudication_that_never_comes_is_refused():
    given = written(adjudicate=None, value="week52.change")
    given["readers"] = {"primary": 2, "pool": "reader"}

    assert "nothing is ever adjudicated" in errors(given)["final.adjudicated"]


def test_a_comma_in_a_short_mapping_does_not_cut_its_value():
    """`{smallest: from qualification, then fixed}` is two keys in YAML."""
    cut = {"smallest": "from qualification", "then fixed": None}

    limits = ReadDesignFile.model_validate(written(limits=cut)).limits

    assert limits == {"smallest": "from qualification, then fixed"}


@pytest.mark.parametrize("name", ["erosion", "synovitis"])
def test_the_designs_of_the_example_are_read(shared, name):
    path = shared / f"examples/arthritis/reading/{name}.yaml"
    file = ReadDesignFile.model_validate(
        read_document(path.name, path.read_bytes()).value
    )

    assert file.endpoint == f"{name}_change"


def test_with_its_form_a_design_is_a_value_of_the_reading_domain():
    made = read_design(plan_of(), "erosion_change")

    assert (made.endpoint, made.value, made.form.key) == (
        "erosion_change",
        "week52.change",
        "ramris@2",
    )
    assert (made.mode, made.hidden_time_order) == (Mode.SIMULTANEOUS, True)
    assert made.show == ("cor_t1", "cor_stir")  # what the form needs
    assert (made.final.agreed, made.final.adjudicated, made.final.tie) == (
        Agreed.MEAN,
        Adjudicated.NEAREST,
        Tie.HIGHER,
    )
    assert (made.order.block, made.order.gap, made.order.strata) == (20, 10, ("site",))
    assert made.limits == {"smallest": None}
    assert made.session_minutes == 90
    assert made.adjudicator_pool == "adjudicator"
    assert made.hidden_from["arm"] == {"reader"}
    assert made.hidden_from["scores"] == {"clinical_team"}
    assert set(read_designs(plan_of())) == {"erosion_change"}


def test_a_visit_by_visit_design_is_read_too():
    made = read_design(plan_of(by_visit()), "erosion_change")

    assert (made.per_participant, made.value) == (False, "erosion_total")


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (
            {"change": "a.week52.chnge > b.week52.chnge"},
            ("adjudicate", "when", "change"),
            'did you mean "change"?',
        ),
        (
            {"change": "a.week52.bones.ero > b.week52.bones.ero"},
            ("adjudicate", "when", "change"),
            "a condition is needed here, this gives a column",
        ),
        (
            {"change": 'a.week52.change == "PD" or b.week52.change > 1'},
            ("adjudicate", "when", "change"),
            "is compared with",
        ),
    ],
)
def test_a_condition_that_does_not_fit_the_form_is_named(change, place, words):
    given = written()
    given["adjudicate"]["when"] = change
    plan = plan_of(given | {"value": "week52.change"})

    problems = read_problems(plan, "erosion_change")

    assert [p.loc for p in problems] == [place]
    assert words in problems[0].words
    with pytest.raises(PlanError, match="does not fit its form") as caught:
        read_design(plan, "erosion_change")
    assert [f.code for f in caught.value.findings] == ["READ.FORM"]


@pytest.mark.parametrize("value", ["week52.chnge", "week52.bones", "week52.bones.ero"])
def test_an_analysed_value_that_the_form_does_not_give_is_named(value):
    plan = plan_of(written(value=value))

    problems = read_problems(plan, "erosion_change")

    assert [p.loc for p in problems] == [("value",)]
    assert "has no single value" in problems[0].words


def test_the_diagnostic_design_of_the_example_can_be_said_in_the_same_words():
    """examples/reading/mre_activity.yaml: visits one by one, an adjudicator who chooses."""
    given = {
        "endpoint": "megs_change",
        "form": "megs@1",
        "unit": "visit",
        "visits": ["baseline", "week24"],
        "exam": "mre",
        "show": ["coronal_t2", "axial_t2", "axial_t1_post"],
        "value": "global",
        "present": {"mode": "time_point", "time_order": "hidden"},
        "readers": {"primary": 2, "pool": "reader", "adjudicator": 1},
        "adjudicate": {
            "when": {
                "activity": "a.active_any != b.active_any",
                "distance": "abs(a.global - b.global) > limits.loa",
            },
            "how": "choice of one of the two",
        },
        "limits": {"loa": "from qualification, then fixed"},
        "final": {"agreed": "mean of two", "adjudicated": "adjudicator"},
        "order": {
            "blocks": 20,
            "strata": ["site", "visit"],
            "same_participant_gap": 10,
        },
        "sessions": {"at_most": "90 min", "reads": 15},
        "hide": [
            "arm",
            "site",
            "participant_age",
            "dates",
            "visit_order",
            "clinical_report",
            "other_answers",
            "adjudication",
        ],
        "requalify": {"after_idle": "90 d", "on": ["form version", "alarm"]},
        "replace": {"reads": "unread only", "bridging": "20 cases"},
    }
    file = read_document("megs.yaml", score_file("megs")).value

    made = read_design(plan_of(given, file), "megs_change")

    assert (made.value, made.adjudicator_chooses) == ("global", True)
    assert made.blind_to[-1] == "adjudication"


def test_of_texts_there_is_no_mean():
    given = by_visit()
    given["adjudicate"]["when"] = {"differ": "a.grade != b.grade"}
    form_file = ramris(derive={"grade": '"PD" if normal == 0 else "SD"'})

    problems = read_problems(plan_of(given, form_file), "erosion_change")

    assert [p.loc for p in problems] == [("final", "agreed"), ("final", "adjudicated")]
    assert "write agreed: same value" in problems[0].words
    given["final"] = {"agreed": "same value", "adjudicated": "majority"}
    assert read_problems(plan_of(given, form_file), "erosion_change") == []


def test_a_cell_may_be_analysed():
    made = read_design(
        plan_of(written(value="week52.bones.lunate.ero")), "erosion_change"
    )

    assert made.value == "week52.bones.lunate.ero"


def test_what_the_plan_does_not_have_is_not_found():
    with pytest.raises(NotFound, match='did you mean "erosion_change"'):
        read_design(plan_of(), "erosion_chang")
    with pytest.raises(NotFound, match='did you mean "ramris@2"'):
        form(plan_of(), "ramris@1")
