"""Further examples for checks that find more than one thing: code, edits, with the place marked ¦."""

from __future__ import annotations

from tests.spec.plan.broken_by_check import (
    COSTS,
    DEID,
    ERO,
    PH,
    SITES,
    SYN,
    XRAY,
    C,
    F,
    P,
    Q,
    S,
)


SOLA = "end_of_life: 2036-06, bridging"

MORE = [
    ("QC.NO_CLIP", {"imaging/joints-us.yaml": [("\nseries:", "\n¦series:"), ('frames: "> 1"', 'frames: "1"')]}),
    ("QC.NO_PILOT", {Q: [("pilot: {first: 2 exams", "¦pilot: {first: 200 exams")]}),
    # another scanner takes over too late, leaves itself, or stands elsewhere
    ("SCANNER.END_OF_LIFE", {SITES: [("end_of_life: 2027-10", "end_of_life: ¦2027-06")]}),
    ("SCANNER.END_OF_LIFE", {SITES: [("end_of_life: 2027-10", "end_of_life: ¦2027-10"), (SOLA, "end_of_life: 2027-10, bridging")]}),
    ("SCANNER.END_OF_LIFE", {SITES: [("end_of_life: 2027-10", "end_of_life: ¦2027-10"), ("[mr_b1, mr_b2, xr_b1, us_b1]", "[mr_b1, xr_b1, us_b1]")]}),
    ("SCANNER.AT_NO_SITE", {SITES: [("[mr_b1, mr_b2, xr_b1, us_b1]", "[mr_b1, xr_b1, us_b1]"), ("  mr_b2: {", "  ¦mr_b2: {")]}),
    ("SCANNER.NO_BRIDGING", {SITES: [("volunteers: 5, with: mr_b1", "volunteers: 5, with: mr_l1"), ("  mr_b2: {", "  ¦mr_b2: {")]}),
    ("SCANNER.SLOTS_UNKNOWN", {SITES: [("slots: 4 per week, end_of_life: 2030-06}", "slots: 4 per week}"), ("  us_y1: {", "  ¦us_y1: {")]}),
    ("SITE.IDENTITY_TWICE", {SITES: [("prefix: Y", "prefix: ¦L")]}),
    ("SITE.STAFF_HOURS", {SITES: [("    hours: {radiographer: 3 h per week, sonographer: 2 h per week}", "    hours: {radiographer: 3 h per week}"), ("  york:\n", "  ¦york:\n")]}),
    # dose
    ("DOSE.OVER_CONSTRAINT", {XRAY: [("  expected: E <= 0.01 mSv\n", ""), ("participant: E <=", "participant: ¦E <=")]}),
    ("DOSE.FACTORS", {XRAY: [("k_factors: hand-factors.csv", "k_factors: ¦broken.csv")], "broken.csv": "kind,factor\nct,many\n"}),
    ("DOSE.NOT_JUSTIFIED", {XRAY: [("exposure:", "¦exposure:"), ("  expert: medical physics expert\n", "")]}),
    # recruitment
    ("RECRUIT.TOO_SLOW", {S: [("forecast: {", "forecast: ¦{"), ("mean: 1.2 per site and month", "mean: 1.2 per site")]}),
    ("RECRUIT.TOO_SLOW", {S: [("rate: {", "rate: ¦{"), ("mean: 1.2 per site and month", "mean: 2 per month")]}),
    ("MILESTONE.LOCK_BEFORE_LAST_VISIT", {S: [("last_visit: 2027-11-12", "last_visit: ¦2027-11-01")]}),
    # safety
    ("SAFETY.NO_POLICY", {C: [("  unexpected_findings: {who: safety_reader, within: 10 d, told_by: investigator}", "  ¦unexpected_findings: {who: safety_reader, within: 10 d, told_by: investigator, looked_for: no}")]}),
    ("SAFETY.READ_WITHOUT_FLOW", {C: [("unexpected_findings: {who: safety_reader", "unexpected_findings: {who: ¦safety_reader")], F: [("  safety:  {from: pacs, to: safety_reader, what: [mri, xray, us], level: identifiable, by: hospital viewer, within: 10 d, tested: {on: 2026-01-19, evidence: T4}}\n", "")]}),
    ("SAFETY.READ_WITHOUT_FLOW", {F: [("  safety:  {", "  ¦safety:  {"), ("within: 10 d, tested", "tested")]}),
    # consent
    ("CONSENT.USE_UNCOVERED", {C: [("  share_outside: {words: not-for-profit research elsewhere, duo: [GRU, NPUNCU], covers: [share]}\n", "")], F: [("  safety:  ", "  give: {from: images, to: database, what: [mri], by: web, every: day, purpose: ¦share}\n  safety:  ")]}),
    # people
    ("TRAIN.ROLE_WITHOUT_COURSE", {P: [("  practitioner: {at", "  ¦practitioner: {at"), ("investigator, practitioner, reader, adjudicator], valid", "investigator, reader, adjudicator], valid"), ("for: [radiographer, practitioner]", "for: [radiographer]")]}),
    ("TRAIN.NO_SAFETY", {P: [("training:", "¦training:"), ("  mr_safety: {kind: safety, modality: MR, for: [radiographer], valid: 1 year, evidence: certificate, gates: booking}\n", "")]}),
    ("TRAIN.NO_SAFETY", {P: [("training:", "¦training:"), ("  radiation_safety: {kind: safety, modality: DX, for: [radiographer, practitioner], valid: 3 years, evidence: certificate, gates: booking}\n", "")]}),
    ("TRAIN.READER_UNQUALIFIED", {P: [("again: each major form version, evidence: qualification", "evidence: record"), ("again: each major form version, evidence: qualification", "evidence: record")], ERO: [("pool: reader", "pool: ¦reader")]}),
    # reading
    ("READ.OUTCOME_NOT_READ", {S: [("from: reading/synovitis.yaml", "from: ¦reading/erosion.yaml")]}),
    ("READ.SERIES_NOT_ACQUIRED", {S: [("imaging: [hands_mri, hands_xray]", "imaging: [hands_xray]")], ERO: [("visits: [baseline, week24, week52]", "visits: [baseline, week24, ¦week52]")]}),
    ("READ.CANNOT_FINISH", {ERO: [("minutes: {per: time point, mean: 13, cv: 0.5, source: \"RAMRIS 13 ± 3.9 min both hands, Radiology 2010;256:863\"}\n", ""), ("endpoint: erosion_change", "¦endpoint: erosion_change")]}),
    ("READ.CANNOT_FINISH", {ERO: [("hours: {reader: 4 h per week, adjudicator: 2 h per week}", "¦hours: {adjudicator: 2 h per week}")]}),
    ("READ.TOO_FEW_READERS", {P: [("  adjudicator: {at: reading, acts_as: adjudicator, people: 1}\n", ""), ("investigator, practitioner, reader, adjudicator]", "investigator, practitioner, reader]"), ("for: [reader, adjudicator], again: each major form version, evidence: qualification, gates: reading}\n  joining_later: {kind: readers, for: [reader, adjudicator]", "for: [reader], again: each major form version, evidence: qualification, gates: reading}\n  joining_later: {kind: readers, for: [reader]"), ("sonographer, reader, adjudicator], evidence: quiz", "sonographer, reader], evidence: quiz")], ERO: [("adjudicator: 1}", "adjudicator: ¦1}")]}),
    ("READ.BLINDING_LEAK", {ERO: [("visit_order, clinical_data, other", "visit_order, other"), ("hide: [", "hide: ¦[")]}),
    ("READ.UNBLINDED_EARLY", {S: [("milestones:", "¦milestones:"), ("  unblinding: {after: [data_lock, reads_final, adjudications_closed], emergency: allowed and recorded}\n", "")]}),
    ("FORM.BLIND_ROLE_ENTERS", {S: [("scores: [clinical_team, participant]", "scores: [clinical_team, sonographer]")], SYN: [("enter: [sonographer]", "enter: [¦sonographer]")]}),
    # flows
    ("FLOW.NO_AGREEMENT", {F: [("reading_contract: {between: [unit, readers], level: pseudonymised", "reading_contract: {between: [unit, readers], level: anonymous"), ("read:    {from: images, to: reader, what: [mri, xray], level: pseudonymised", "read:    {from: images, to: reader, what: [mri, xray], level: ¦pseudonymised")]}),
    ("FLOW.UNTESTED", {F: [("tested: {on: 2026-01-20", "tested: {on: ¦2026-03-20")]}),
    ("FLOW.AGREEMENT_LATE", {F: [("  reading_contract: {", "  ¦reading_contract: {"), (", ready_by: 2026-05-01", "")]}),
    ("FLOW.ASSESSMENT", {F: [("organisations:", "¦organisations:"), ("impact_assessment: {id: DPIA-12, state: approved, on: 2026-01-20, covers: \"1.4\", lead_time: 8 weeks}\n", "")]}),
    ("FLOW.ASSESSMENT", {F: [("state: approved", "state: ¦draft")]}),
    ("FLOW.ASSESSMENT", {F: [("on: 2026-01-20, covers", "on: ¦2026-02-20, covers")]}),
    ("FLOW.NO_BATCH", {F: [("  collect: {", "  ¦collect: {"), ("by: dicom, every: day", "by: dicom")]}),
    ("FLOW.NO_RETENTION", {F: [("  us:         {kind", "  ¦us:         {kind"), ("holds: [mri, xray, us]", "holds: [mri, xray]"), ("holds: [mri, xray, us]", "holds: [mri, xray]")]}),
    ("FLOW.BLIND_ROLE_REACHES_ALLOCATION", {F: [("  safety:  ", "  tell: {from: allocation, to: ¦reader, what: [allocation], by: web}\n  safety:  ")]}),
    # costs and quality
    ("COST.RESEARCH_AS_TREATMENT", {COSTS: [("attribution: {usual: treatment, beyond: research}", "attribution: ¦{usual: treatment, beyond: treatment}")]}),
    ("COST.ACTIVITY_UNPRICED", {COSTS: [("items:", "¦items:"), ("  phantom:        {line: scanners and sequences, per: phantom scan, price: 60, attribution: research}\n", "")]}),
    ("QC.NO_PILOT", {Q: [("share: {pilot: 100 %", "share: {pilot: ¦50 %")]}),
    ("QC.NOBODY_LOOKS", {Q: [("judge: every exam", "judge: ¦none")]}),
    ("QC.NOTHING_TRIGGERS", {Q: [("arrival:", "¦arrival:"), ("indicators:\n  first_time_compliance: {warn: \"< 85 %\", act: \"< 70 %\", minimum: 10 exams}\n  lag_to_arrival: {warn: \"> 3 d\", act: \"> 7 d\"}\ntriggers: [{when: first_time_compliance acts, open: monitoring visit}, {when: lag_to_arrival acts, open: corrective action}]\n", "")]}),
    ("QC.CHANGE_UNWATCHED", {PH: None, SITES: [("\nscanners:", "\n¦scanners:"), ("bridging: {phantoms: [acr_mri], volunteers", "bridging: {volunteers")]}),
    ("DEID.UNKNOWN_NAME", {DEID: [("sop_class: \"X-Ray Radiation Dose SR Storage\"", "sop_class: ¦\"X-Ray Radiation Dose Storage\"")]}),
    ("VISIT.EXAM_UNUSED", {S: [("imaging: [hands_mri, hands_xray, joints_us]", "imaging: [hands_mri, hands_xray]"), ("imaging: [hands_mri, joints_us]", "imaging: [hands_mri]"), ("imaging: [hands_mri, hands_xray, joints_us]", "imaging: [hands_mri, hands_xray]")], "imaging/joints-us.yaml": [("exam: joints_us", "exam: ¦joints_us")]}),
    ("READ.FORM", {"reading/synovitis.yaml": [("abs(a.week24.synovitis_change -", "¦abs(a.week24.synovitis_change -"), ("b.week24.synovitis_change)", "b.week24.synovitis_chnge)"), ("readers: {primary", "value: week24.synovitis_change\nreaders: {primary")]}),
    ("CONSENT.RISKS_MISSING", {C: [("  risks:", "  ¦risks:"), ("joints_us: [none known]", "joints_us: []")]}),
    ("PEOPLE.PLATFORM_ROLE_MISSING", {P: [("roles:", "¦roles:"), ("acts_as: qc", "acts_as: monitor")]}),
    ("VISIT.REPEAT_IMPOSSIBLE", {F: [("by: dicom, every: day", "by: dicom, every: week")], S: [("window: 77..91 d", "window: ¦77..91 d")]}),
]  # fmt: skip
