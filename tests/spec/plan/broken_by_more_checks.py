"""More cross-checks with the edit on the demo plan that each must find, with the place marked ¦."""

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
MRI, XRAY, US = (
    "imaging/hands-mri.yaml",
    "imaging/hands-xray.yaml",
    "imaging/joints-us.yaml",
)
ERO, SYNOVITIS, RAMRIS = (
    "reading/erosion.yaml",
    "reading/synovitis.yaml",
    "forms/ramris.yaml",
)
DEID = "deidentification.yaml"
SAFETY = "  safety:  {from: pacs"
TESTED = "tested: {on: 2026-01-20, evidence: T9}"
BACK = f"back: {{from: images, to: pacs, what: [mri], level: pseudonymised, by: dicomweb, every: day, within: 400 d, speed: 20 Mbit/s, purpose: care, {TESTED}}}"
OUTCOMES = """\
outcomes:
  erosion_change: {role: secondary, label: Change of erosions, from: reading/erosion.yaml, at: week52}
  synovitis_change: {role: secondary, label: Change of synovitis, from: reading/synovitis.yaml, at: week24}
"""

JOURNEYS = {
    "FLOW.NEVER_COLLECTED": {F: [("  xray:       {kind", "  ¦xray:       {kind"), ("to: gateway, what: [mri, xray, us]", "to: gateway, what: [mri, us]")]},
    "FLOW.NOT_THERE": {F: [("  read:    {from: images", "  read:    {from: ¦database")]},
    "FLOW.NOT_DEIDENTIFIED": {F: [("does: deidentify, ", ""), ("  send:    {from: gateway", "  send:    {from: ¦gateway")]},
    "FLOW.LEVEL_RISES": {F: [("us], level: pseudonymised, by: dicomweb", "us], level: ¦identifiable, by: dicomweb")]},
    "FLOW.LEVEL_UNSTATED": {F: [("  read:    {from: images, to: reader, what: [mri, xray], level: pseudonymised, ", "  ¦read:    {from: images, to: reader, what: [mri, xray], ")]},
    "FLOW.READER_SEES_IDENTITY": {F: [("to: reader, what: [mri, xray], level: pseudonymised", "to: reader, what: [mri, xray], level: ¦identifiable")]},
    "FLOW.RETURN_BYPASSES_GATEWAY": {F: [(SAFETY, f"  {BACK.replace('to: pacs', 'to: ¦pacs')}\n{SAFETY}")]},
    "FLOW.RETURN_WITHOUT_TIME": {F: [(SAFETY, f"  ¦{BACK.replace('within: 400 d, ', '')}\n{SAFETY}")]},
    "FLOW.RETURN_BREAKS_BLIND": {F: [(SAFETY, f"  ¦{BACK.replace('400 d', '7 d')}\n{SAFETY}")]},
    "FLOW.NOTHING_RETURNED": {S: [("kind: trial", "kind: pathway")], F: [("\nflows:", "\n¦flows:")]},
    "FLOW.COPY_OF_IMAGES": {F: [("  database:   {at: unit", "  copies:     {at: unit, holds: [mri], level: anonymous, backup: nightly, access: [physicist], granted_by: trial_manager, deputy: data_manager}\n  database:   {at: unit"), (SAFETY, f"  ¦copy: {{from: images, to: copies, what: [mri], level: anonymous, by: sftp, every: week, {TESTED}}}\n{SAFETY}")]},
    "FLOW.ACCESS_WITHOUT_FLOW": {F: [("access: [physicist, reader, adjudicator]", "access: [physicist, reader, ¦adjudicator]"), ("  adjudicate: {from: images, to: adjudicator, what: [mri, xray], level: pseudonymised, by: web, tested: {on: 2026-02-01, evidence: T3}}\n", "")]},
}  # fmt: skip

CUSTODY = {
    "FLOW.NO_CONTROLLER": {F: [("organisations:", "¦organisations:"), ("country: GB, role: joint controller", "country: GB, role: processor"), ("kind: university, country: GB, role: joint controller", "kind: university, country: GB, role: processor")]},
    "FLOW.NO_SECURITY_CONTACT": {F: [("  readers: {name", "  ¦readers: {name"), ("role: processor, security_contact: required", "role: processor, security_contact: not required")]},
    "FLOW.CROSSWALK": {F: [("\nstores:", "\n¦stores:"), (", holds_crosswalk: true", "")]},
    "FLOW.KEEPS_UNSTATED": {F: [("  pacs:", "  ¦pacs:"), ("level: identifiable, keeps: 8 years", "level: identifiable")]},
    "FLOW.RETENTION": {F: [("  us:         {kind: image, per_exam: 300 MB, retain: 25 years", "  ¦us:         {kind: image, per_exam: 300 MB, retain: 30 years")]},
    "FLOW.LINE_UNPLANNED": {F: [("  send:", "  ¦send:"), ("speed: 20 Mbit/s", "speed: 1 Mbit/s")]},
    "FLOW.STORE_FULL": {F: [("  images:     {at: unit", "  ¦images:     {at: unit, capacity: 50 GB")]},
    "FLOW.SCORES_NOWHERE": {F: [("\nflows:", "\n¦flows:"), ("  decide:  {from: adjudicator, to: database, what: [scores], level: pseudonymised, by: web, tested: {on: 2026-02-01, evidence: UAT3}}\n", "")]},
    "FLOW.STORE_FOR_NOBODY": {F: [("  images:     {", "  ¦images:     {"), ("granted_by: trial_manager, deputy: data_manager", "granted_by: trial_manager, deputy: trial_manager")]},
    "FLOW.ALLOCATION_NOWHERE": {F: [("  allocation: {kind", "  ¦allocation: {kind"), ("unblinding: true, ", "")]},
    "FLOW.NEVER_TRIED": {F: [("  collect:", "  ¦collect:"), (", tested: {on: 2026-01-19, evidence: T1}", "")]},
    "FLOW.TEST_OUTDATED": {F: [("  send:", "  ¦send:"), ("tested: {on: 2026-01-20", "tested: {on: 2016-01-20")]},
}  # fmt: skip

OUTCOME = {
    "READ.NOTHING_READ": {S: [(OUTCOMES, ""), ("\nvisits:", "\n¦visits:")]},
    "READ.NEEDED_NOT_REQUIRED": {MRI: [("    at: [baseline, week24, week52]\n", "    optional: ¦yes\n")]},
    "READ.OTHER_EXAM_NEEDED": {SYNOVITIS: [("exam: hands_mri", "exam: ¦hands_xray")]},
    "READ.NO_BASELINE_READ": {SYNOVITIS: [("visits: [baseline, week24]", "¦visits: [week12, week24]")], MRI: [("    at: [baseline, week24, week52]\n", "")]},
    "READ.HANG_NOT_SHOWN": {SYNOVITIS: [("exam: hands_mri\n", "exam: hands_mri\nhang: {layouts: {all: {rows: [[cor_t1, cor_stir, ax_t1_post], [¦cor_t2]]}}}\n")]},
    "READ.HANG_NO_VOLUME": {SYNOVITIS: [("exam: hands_mri\n", "exam: joints_us\nhang: {layouts: {all: {rows: [[¦cor_t1 as axial]]}}}\n")]},
    "READ.SAME_ADJUDICATOR_TWO_EXAMS": {SYNOVITIS: [("exam: hands_mri", "exam: hands_xray"), ("adjudicator: 1}", "adjudicator: ¦1}")]},
    "READ.OTHER_PATHWAY_SEEN": {S: [("kind: trial", "kind: pathway")], ERO: [("hide: [", "hide: ¦[")]},
    "READ.READER_KNOWS_PATIENT": {P: [("  reader: {at: reading", "  ¦reader: {at: site")]},
    "READ.SECOND_READ_IGNORED": {ERO: [("final: {agreed: mean of two", "final: {agreed: ¦first")]},
    "READ.ADJUDICATION_CANNOT_FINISH": {ERO: [("adjudicator: 2 h per week", "adjudicator: ¦1 h per year")]},
}  # fmt: skip

SCORING = {
    "FORM.ACCEPTED_BY_SOME": {RAMRIS: [("accepted_by: [reader, data_manager, statistician_main]", "¦accepted_by: [reader]")]},
    "FORM.NO_MISSING_CODE": {RAMRIS: [("columns: {syn: {label: Synovitis, range: 0..3, missing: [nv, nq, jr]}}", "columns: {¦syn: {label: Synovitis, range: 0..3}}")]},
    "FORM.RECORD_NOT_UNIQUE": {RAMRIS: [("record: [participant, visit, side, reader]", "record: ¦[participant, visit, side]")]},
    "FORM.ANYONE_ENTERS": {RAMRIS: [("form: ramris", "form: ¦ramris"), ("access: {enter: [reader, adjudicator], ", "access: {")]},
    "FORM.NOT_HIDDEN": {RAMRIS: [("access: {enter", "¦access: {enter"), ("hidden_from: [clinical_team, participant]", "hidden_from: [clinical_team]")]},
    "FORM.ON_PAPER": {F: [("from: reader, to: database, what: [scores], level: pseudonymised, by: web", "from: reader, to: database, what: [scores], level: pseudonymised, by: ¦upload")]},
    "DEID.NAME_KEPT": {DEID: [("  overrides:\n", "  overrides:\n    - {tag: PatientComments, action: ¦keep, why: \"asked for\"}\n")]},
}  # fmt: skip

SEEN = {
    "MANUAL.NO_POSITIONING": {US: [("exam: joints_us", "exam: ¦joints_us"), ("  positioning: {text: \"seated, hand flat on a cushion\"}\n", "")]},
    "MANUAL.SENT_LATE": {US: [("  send: {format", "  ¦send: {format"), ("within: 1 d", "within: 12 months")]},
    "QC.TOO_LATE": {Q: [("  within: 2 working days", "  within: ¦2 years")]},
    "QC.NO_AGE_ALARM": {Q: [("oldest: 5 working days", "¦oldest: 1 year")]},
    "QC.SCORE_INCOMPLETE": {Q: [("  score: {sequence_quality: 1..5, ", "  ¦score: {")]},
    "QC.NO_CLIP": {US: [("\nseries:", "\n¦series:"), ("or: {still: with reason}}", "optional: yes}")]},
    "QC.LOCAL_PILOT": {Q: [("review: central", "review: ¦local")]},
    "MONITOR.NO_TRIGGERED_VISIT": {Q: [("triggers:", "¦triggers:"), ("open: monitoring visit", "open: query")]},
    "MONITOR.OPENS_NOTHING": {Q: [("  first_time_compliance: {", "  ¦first_time_compliance: {"), (", minimum: 10 exams", "")]},
    "MONITOR.LIMITS_REVERSED": {Q: [("act: \"< 70 %\"", "act: ¦\"< 95 %\"")]},
    "MONITOR.NEVER_REMINDED": {Q: [("remind: daily", "remind: ¦never")]},
}  # fmt: skip

ON_DATA = {**JOURNEYS, **CUSTODY, **OUTCOME, **SCORING, **SEEN}
