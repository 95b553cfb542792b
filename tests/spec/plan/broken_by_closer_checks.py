"""Checks that look closer, each with an edit on the demo plan that it must find, with the place marked ¦."""

from __future__ import annotations


S, SITES, P, C, Q, F, COSTS = (
    "study.yaml",
    "sites.yaml",
    "people.yaml",
    "consent.yaml",
    "quality.yaml",
    "flows.yaml",
    "costs.yaml",
)
MRI, XRAY, US, PH = (
    "imaging/hands-mri.yaml",
    "imaging/hands-xray.yaml",
    "imaging/joints-us.yaml",
    "imaging/phantoms.yaml",
)
ERO, RAMRIS, SYN = (
    "reading/erosion.yaml",
    "forms/ramris.yaml",
    "forms/us_synovitis.yaml",
)
DEID = "deidentification.yaml"

VIEWS = {
    "READ.PLANE_NOT_ACQUIRED": {RAMRIS: [("{planes: [coronal, axial]", "{¦planes: [coronal, sagittal]")]},
    "READ.REGION_NOT_COVERED": {RAMRIS: [("regions: [wrist, knuckles]", "¦regions: [wrist, fingertips]")]},
    "MANUAL.REGION_UNCHECKED": {MRI: [("    regions: [wrist, knuckles]\n    require: {plane: axial", "    ¦regions: [wrist, knuckles]\n    require: {plane: axial")], Q: [(", coverage: [full, part, missing]", "")]},
    "MANUAL.PLANE_CONTRADICTS": {MRI: [("  ax_t1_post:", "  ¦ax_t1_post:"), ("plane: axial", "plane: coronal")]},
}  # fmt: skip

TREE = """\
model: {id: tests, kind: test-tree, version: 1, source: own}
perspective: {payer: NHS England, currency: GBP, price_year: 2025, horizon: 1 year}
strategies:
  mri: {se: se_mri, sp: sp_mri, c_test: c_mri}
  xray: {se: se_xray, sp: sp_xray, c_test: c_xray}
parameters:
  prev: {value: 0.5, dist: "beta(20, 20)", src: own}
  se_mri: {value: 0.8, dist: "beta(40, 10)", src: own}
  sp_mri: {value: 0.9, dist: "beta(45, 5)", src: own}
  se_xray: {value: 0.6, dist: "beta(30, 20)", src: own}
  sp_xray: {value: 0.9, dist: "beta(45, 5)", src: own}
  c_mri: {value: 250, unit: GBP, dist: "normal(250, 25)", src: own}
  c_xray: {value: 30, unit: GBP, dist: fixed, src: own}
tree:
  node: erosions
  branches:
    - {when: there, p: prev, node: test, branches: [{when: seen, p: se, outcome: TP}, {when: missed, p: rest, outcome: FN}]}
    - {when: none, p: rest, node: test, branches: [{when: cleared, p: sp, outcome: TN}, {when: called, p: rest, outcome: FP}]}
outcomes:
  cost: {unit: GBP, base: c_test}
  correct: {unit: "1", TP: 1, TN: 1}
  wrong: {unit: "1", FN: 1, FP: 1}
claims:
  - {outcome: correct, direction: higher, role: primary}
"""

COHORT = """\
model: {id: life, kind: cohort, version: 1, source: own}
perspective: {payer: NHS England, currency: GBP, price_year: 2025, horizon: 20 year, cycle: 1 year, discount: {cost: 0.035, effect: 0.035}}
within_cycle: half-cycle
thresholds: [20000, 30000]
strategies:
  new: {treated: 1}
  usual: {treated: 0}
parameters:
  r_worse: {value: 0.2, dist: "gamma(20, rate=100)", src: own}
  c_drug: {value: 900, unit: GBP/a, dist: fixed, src: own}
  u_well: {value: 0.8, dist: "beta(80, 20)", src: own}
states:
  well: {init: 1, cost: c_drug * treated, effect: u_well}
  ill: {cost: 100, effect: 0.5}
  dead: {absorbing: true}
transitions:
  well: {ill: p(r_worse), well: rest}
  ill: {dead: 0.1, ill: rest}
"""


def model(text: str, *edits: tuple[str, str]) -> dict[str, str]:
    """A decision model beside the demo plan, with edits."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {"economics/model.yaml": text}


MODELS = {
    "ECONOMICS.NAME_UNKNOWN": model(TREE, ("{when: seen, p: se, outcome", "{when: seen, ¦p: sens, outcome")),
    "ECONOMICS.NAME_UNUSED": model(TREE, ("  c_xray: {value", "  ¦c_xray: {value"), ("c_test: c_xray", "c_test: 30")),
    "ECONOMICS.STRATEGIES_DIFFER": model(TREE, ("  xray: {se: se_xray, sp: sp_xray, c_test: c_xray}", "  ¦xray: {se: se_xray, sp: sp_xray}")),
    "ECONOMICS.TREE": model(TREE, ("    - {when: there, p: prev", "    - ¦{when: there, p: prev"), ("{when: missed, p: rest, outcome: FN}", "{when: missed, p: 0.3, outcome: FN}")),
    "ECONOMICS.LEAF_NOT_COUNTED": model(TREE, ("\noutcomes:", "\n¦outcomes:"), ("FN: 1, FP: 1", "FN: 1")),
    "ECONOMICS.STATES": model(COHORT, ("  dead: {absorbing: true}", "  ¦dead: {absorbing: true}"), ("dead: 0.1, ", "")),
    "ECONOMICS.CLAIM": model(TREE, ("  - {outcome: correct, direction: higher", "  - ¦{outcome: correct, direction: lower")),
    "ECONOMICS.DISTRIBUTION": model(TREE, ("  se_mri: {value: 0.8", "  ¦se_mri: {value: 0.6")),
    "ECONOMICS.NO_UNCERTAINTY": model(TREE, ("  c_xray: {value: 30, unit: GBP, dist: fixed", "  ¦c_xray: {value: 30, unit: GBP")),
    "ECONOMICS.PROBABILITY": model(TREE, ("  sp_mri: {value: 0.9", "  ¦sp_mri: {value: 90")),
    "ECONOMICS.UNIT": model(TREE, ("  c_mri: {value: 250, unit: GBP", "  ¦c_mri: {value: 250")),
    "ECONOMICS.PERSPECTIVE": model(COHORT, ("\nperspective", "\n¦perspective"), ("horizon: 20 year", "horizon: 200 year")),
}  # fmt: skip

READING = {
    "READ.UNWATCHED": {ERO: [("\nmonitor:", "\n¦monitor:"), ("on_alarm: [hold, retrain, requalify]", "on_alarm: [hold, retrain]")]},
    "READ.TEST_UNFIT": {ERO: [("qualify: {set", "¦qualify: {set"), (".lower >= 0.6", ".lower >= 60")]},
    "READ.NO_DEADLINE": {ERO: [("endpoint: erosion", "¦endpoint: erosion"), ("finish_by: {milestone: data_lock, probability: 95 %}\n", "")]},
    "READ.ORDER_IMPOSSIBLE": {ERO: [("order: {random", "¦order: {random"), ("same_participant_gap: 10", "same_participant_gap: 40")]},
    "READ.NOBODY_FOLLOWS": {ERO: [("endpoint: erosion", "¦endpoint: erosion")], S: [("first_read: 2026-09-01", "first_read: 2026-03-01"), ("data_lock: 2027-12-20", "data_lock: 2028-02-20")]},
}  # fmt: skip

PROFILE = {
    "DEID.OPTION_CONTRADICTS": {DEID: [("options: [113101, 113103, ", "options: ¦[113101, ")]},
    "DEID.TIME_REMOVED": {DEID: [("keep_time: true", "keep_time: ¦false")]},
    "DEID.AGE_TOLD": {DEID: [("age: {cap: 89}", "¦age: {cap: 120}")]},
    "DEID.WORDS_KEPT": {DEID: [("approved: approved-values.csv", "unapproved: hold"), ("comments: remove", "comments: ¦clean")]},
    "DEID.PIXELS_UNSEEN": {DEID: [("examine: [other, derived]", "¦examine: [DX, CR]")]},
}  # fmt: skip

PRICES = {
    "COST.COUNT_UNKNOWN": {COSTS: [("per: site and month", "per: ¦each week")]},
    "COST.PRICE_IMPLAUSIBLE": {COSTS: [("per: GB and month, price: 0.02", "per: GB and month, price: ¦20")]},
    "COST.EXPERT_UNPAID": {COSTS: [("\nitems:", "\n¦items:"), ("  physics:        {line: extra expertise, per: site and month, price: 120, attribution: research}\n", "")]},
    "COST.RESULT_UNSTATED": {COSTS: [("  mri_scan:", "  ¦mri_scan:"), ("attribution: research, result_to_clinicians: false}", "attribution: research}")]},
    "COST.ROUTINE_AS_RESEARCH": {XRAY: [("kind: research", "kind: routine")], COSTS: [("usual_care: 1 per participant and year, attribution: {usual: treatment, beyond: research}, ", "attribution: ¦research, ")]},
}  # fmt: skip

DEVICE = """\
product: {name: Score AI, kind: software, version: "1.0"}
image_access: {commercial: none}
scanner_access: {manufacturer_permissions: none needed}
claims:
  better: {claim: reads better, outcome: erosion_change, design: superiority}
markets:
  uk: {route: UKCA, needs: {better: [reads]}, source: MHRA guidance, on: 2025-11-03}
guidelines: [cost-effectiveness]
market_position: adds
barriers: [{barrier: old scanners, owner: trial_manager}]
"""


def product(*edits: tuple[str, str]) -> dict[str, str]:
    """The demo plan with a product, edited."""
    text = DEVICE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {"evidence.yaml": text}


CLAIMS = {
    "EVIDENCE.CLAIM_UNWANTED": product(("  better: {claim", "  ¦better: {claim"), ("needs: {better: [reads]}", "needs: {}")),
    "EVIDENCE.PRIMARY_UNCLAIMED": {**product(("\nclaims:", "\n¦claims:")), S: [("synovitis_change: {role: secondary", "synovitis_change: {role: primary")]},
    "EVIDENCE.DESIGN_UNSTATED": product(("  better: {claim", "  ¦better: {claim"), (", design: superiority", "")),
    "EVIDENCE.ROUTE": product(("route: UKCA", "¦route: FDA De Novo")),
    "EVIDENCE.UNDATED": product(("  uk: {", "  ¦uk: {"), (", on: 2025-11-03", "")),
    "EVIDENCE.VERSION_UNKNOWN": product(("product: {", "¦product: {"), (', version: "1.0"', "")),
}  # fmt: skip

MANUALS = {
    "MANUAL.NO_PREPARATION": {MRI: [("people:  ", "¦people:  "), ("  preparation: [remove rings and watches, pregnancy and implant check at every visit, eGFR within 3 months]\n", "")]},
    "MANUAL.GAPS_TOLERATED": {MRI: [("missing_slices: 0", "¦missing_slices: <= 3")]},
    "MANUAL.SERIES_UNUSED": {RAMRIS: [("hands_mri.cor_stir, ", "")], MRI: [("  cor_stir:", "  ¦cor_stir:")]},
    "MANUAL.ROLES_ALIKE": {MRI: [("  ax_t1_post:", "  ¦ax_t1_post:"), ('match: {description: "~t1.*(ax|tra)", contrast: true}', 'match: {description: "~stir", plane: coronal}')]},
    "MANUAL.NO_RECALL": {US: [("exam: joints_us", "¦exam: joints_us"), ("recall: {within: visit window, advised_by: physicist, decided_by: investigator}\n", "")]},
    "PHANTOM.SCANNERS_DIFFER": {PH: [("\nchange:", "\n  volunteers: {kind: volunteer, ¦scanners: [mr_l1, mr_b1], every: 180 d, after: scanner change, accept: {difference: ± 2 mm}}\nchange:")]},
    "SCANNER.NOT_YET_THERE": {SITES: [("  mr_l1: {", "  ¦mr_l1: {from: 2027-06, ")]},
    "RECRUIT.ONE_TEAM": {SITES: [("  leeds:", "  ¦leeds:"), ('      clinical: {role: investigator, how: "rheumatology research team"}\n', "")]},
    "MANUAL.NOTHING_ASKED": {MRI: [("  ax_t1_post:", "  ¦ax_t1_post:"), ("    require: {plane: axial, time_after_injection: 3..6 min, missing_slices: 0}\n", "")]},
    "DOSE.HALF_SAID": {XRAY: [("\nexposure:", "\n¦exposure:"), ("warn_at: 80 %", "warn_at: 100 %")]},
    "MANUAL.ROUTINE_SCAN": {XRAY: [("routine_scan_may_serve: {window: -28..0 d", "¦routine_scan_may_serve: {window: -400..-200 d")]},
    "PHANTOM.ACCEPTS_ALL": {PH: [("  acr_mri:", "  ¦acr_mri:"), ("ghosting: <= 2.5 %", "ghosting: <= 250 %")]},
}  # fmt: skip

AGREED = {
    "SAFETY.SEES_PART": {F: [("to: safety_reader, what: [mri, xray, us]", "to: safety_reader, ¦what: [mri, us]")]},
    "FLOW.LEAD_TIME": {F: [("  reading_contract:", "  ¦reading_contract:"), ("lead_time: 20 weeks", "lead_time: 2 d")]},
    "FLOW.WORKS_WITHOUT_ACCESS": {F: [("  images:     {at: unit", "  ¦images:     {at: unit"), ("access: [physicist, reader, adjudicator]", "access: [reader, adjudicator]")]},
    "TRAIN.SCORER_UNTAUGHT": {P: [("  adjudicator: {at", "  ¦adjudicator: {at"), ("joining_later: {kind: readers, for: [reader, adjudicator]", "joining_later: {kind: readers, for: [reader]"), ("scoring_form: {kind: interpretation, for: [reader, adjudicator]", "scoring_form: {kind: interpretation, for: [reader]")]},
    "FLOW.HOLDER": {F: [("name: NHS hospitals, kind: nhs", "name: NHS hospitals, kind: ¦company")]},
    "STUDY.NOBODY_INCLUDED": {S: [("\npopulation:", "\n¦population:"), ("  include: [early arthritis, age 18 or over]\n", "")]},
    "OPEN.WAIVER_DATE": {S: [("on: 2025-11-03}", "on: ¦2015-11-03}")]},
}  # fmt: skip

TWIN = """\
form: xray_twin
version: 1
title: The same rows
record: [participant, visit, reader]
needs: [hands_mri.cor_t1]
source: own
missing: {nv: Not visible, nq: Quality inadequate, jr: Replaced or fused, nd: Not done}
items:
  normal: {ask: "All sites visible and normal?", choices: {1: "Yes", 0: "No"}, missing: [nd, nq]}
grids:
  bones:
    gate: {item: normal, when: 0, otherwise: {fill: 0, mark: implied}}
    rows: ramris_bones
    columns:
      ero: {label: Erosion, range: 0..10, missing: [nv, nq, jr]}
      ost: {label: Osteitis, range: 0..5, missing: [nv, nq, jr]}
  joints:
    gate: {item: normal, when: 0, otherwise: {fill: 0, mark: implied}}
    rows: ramris_joints
    columns: {syn: {label: Synovitis, range: 0..3, missing: [nv, nq, jr]}}
access: {enter: [reader], hidden_from: [clinical_team, participant]}
accepted_by: [reader, data_manager, statistician_main]
"""

FORMS = {
    "FORM.TWINS_DIFFER": {"forms/xray_twin.yaml": TWIN, RAMRIS: [("      ost: {label", "      ¦ost: {label")]},
    "FORM.SCORE_ALTERED": {RAMRIS: [("  osteitis_total:", "  ¦osteitis_total:"), ("sum(bones.ost)", "mean(bones.ost)")]},
    "FORM.OTHER_READERS_SEE": {
        SYN: [("access: {enter: [sonographer], hidden_from: [reader, clinical_team]}", "¦access: {enter: [sonographer], hidden_from: [clinical_team, participant]}")],
        "reading/synovitis.yaml": [("form: ramris@2", "form: us_synovitis@1")],
    },
}  # fmt: skip

CLOSER = {
    **VIEWS,
    **MODELS,
    **READING,
    **PROFILE,
    **PRICES,
    **CLAIMS,
    **MANUALS,
    **AGREED,
    **FORMS,
}
