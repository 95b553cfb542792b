"""For each cross-check, edits on the demo plan that it must find, with the place marked ¦.

The demo plan itself passes every check, so that it is each one's passing example.
"""

from __future__ import annotations

from tests.spec.plan.broken_by_checks_on_people import ON_PEOPLE
from tests.spec.plan.broken_by_closer_checks import CLOSER
from tests.spec.plan.broken_by_more_checks import ON_DATA


EVIDENCE_WITH = """\
product: {{name: Score AI, kind: device}}
image_access: {{commercial: none}}
scanner_access: {{manufacturer_permissions: none needed}}
claims:
  {claim}
markets:
  uk: {market}
guidelines: [cost-effectiveness]
market_position: adds
barriers: [{{barrier: old scanners, owner: trial_manager}}]
"""


def evidence(claim: str, market: str = "{route: UKCA}") -> str:
    """An evidence.yaml with one claim and one market."""
    return EVIDENCE_WITH.format(claim=claim, market=market)


MODEL = """\
model: {id: m, kind: test-tree, source: none}
perspective: {currency: GBP, horizon: episode}
strategies: {a: {x: 1}, b: {x: 2}}
parameters: {x: {value: 1, src: none}}
tree: {node: disease}
outcomes: {days: {unit: d, base: x}}
claims: [{outcome: ¦dayz, direction: lower}]
"""

SECOND_FORM = """\
form: spare
version: 1
title: Not used
record: [participant]
missing: {nv: Not visible}
items: {seen: {ask: "Seen?", choices: {1: "Yes", 0: "No"}}}
accepted_by: [reader]
access: {enter: [reader]}
"""

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

PROC = "processing/volumes.yaml"
QC_STEP = "    qc: {how: outline looked at on every slice, by: physicist}\n"
PROCESSING = """\
processing: volumes
exam: hands_mri
visits: {visits}
steps:
  segment:
    software: Segmenter
    version: 2.1.0
    operator: physicist
    minutes: 20
    uses: {uses}
    outputs: {{synovitis_volume: {{unit: ml}}}}
{qc}"""

# code -> the edit that the check must find
BROKEN = {
    **ON_DATA,
    **ON_PEOPLE,
    **CLOSER,
    # imaging manuals, processing
    "MANUAL.EXAMPLE": {MRI: [("      missing_slices: 0\n  cor_stir:", "      missing_slices: 0\n    examples: {fail: [{TE: 40 ms}, ¦{TE: 13 ms}]}\n  cor_stir:")]},
    "MANUAL.WAIVER_UNUSED": {MRI: [("owner: radiographer", "waived: [{rule: ¦cor_t1.coverage, why: small coil, by: the physicist, on: 2026-02-01, site: leeds}]\nowner: radiographer")]},
    "PROCESSING.NOT_MADE": {PROC: PROCESSING.format(visits="[baseline, week24]", qc=QC_STEP, uses="[hands_mri.cor_stir]"), RAMRIS: [("needs: [", "needs: [volumes.synovitis_volume, ")], ERO: [("visits: [baseline, week24, week52]", "visits: [baseline, week24, ¦week52]")]},
    "PROCESSING.NO_QC": {PROC: PROCESSING.format(visits="[]", qc="", uses="[hands_mri.cor_stir]").replace("  segment:", "  ¦segment:")},
    "PROCESSING.WRONG_EXAM": {PROC: PROCESSING.format(visits="[]", qc=QC_STEP, uses="[hands_mri.cor_stir, ¦joints_us.clips]")},
    # visits, milestones, recruitment
    "VISIT.WINDOWS_OVERLAP": {S: [("window: 161..175 d", "window: ¦85..175 d")]},
    "VISIT.ORDER": {S: [("window: 161..175 d", "window: 30..44 d"), ("  week24:", "  ¦week24:")]},
    "VISIT.EXAM_UNUSED": {"imaging/more.yaml": "exam: ¦more\nmodality: US\nmanual: \"1\"\nminutes: 5\nseries: {a: {match: {description: \"~a\"}}}\n"},
    "MILESTONE.ORDER": {S: [("last_participant: 2026-10-30", "last_participant: ¦2026-01-30")]},
    "MILESTONE.LOCK_BEFORE_LAST_VISIT": {S: [("data_lock: 2027-12-20", "data_lock: ¦2027-11-01")]},
    "RECRUIT.TARGETS_SHORT": {S: [("participants: 24", "participants: ¦25")]},
    "RECRUIT.TOO_SLOW": {S: [("rate: {mean: 1.2 per site and month", "rate: ¦{mean: 0.5 per site and month")]},
    "VISIT.REPEAT_IMPOSSIBLE": {S: [("window: 77..91 d", "window: ¦82..86 d")]},
    # sites and scanners
    "SCANNER.END_OF_LIFE": {SITES: [("end_of_life: 2033-01", "end_of_life: ¦2027-01")]},
    "SCANNER.NO_BRIDGING": {SITES: [(", bridging: {phantoms: [acr_mri], volunteers: 5, with: mr_b1}", ""), ("  mr_b2: {", "  ¦mr_b2: {")]},
    "SCANNER.BREAKS_BASELINE": {SITES: [("model: Sola, field: 1.5 T", "model: Vida, field: 3 T"), ("then: mr_b2", "then: ¦mr_b2")]},
    "SCANNER.NONE_FOR_EXAM": {SITES: [("scanners: [mr_y1, xr_y1, us_y1]", "scanners: ¦[mr_y1, us_y1]")]},
    "SCANNER.CAPACITY": {SITES: [("serial: Y3T01, slots: 4 per week", "serial: Y3T01, slots: 1 per year"), ("scanners: [mr_y1", "scanners: ¦[mr_y1")]},
    "SCANNER.SLOTS_UNKNOWN": {SITES: [("model: Aplio, slots: 4 per week", "model: Aplio"), ("  us_y1: {", "  ¦us_y1: {")]},
    "SCANNER.AT_NO_SITE": {SITES: [("scanners: [mr_b1, mr_b2, xr_b1, us_b1]", "scanners: [mr_b1, mr_b2, xr_b1, us_b1, us_y1]"), ("  us_y1: {", "  ¦us_y1: {")]},
    "SITE.IDENTITY_TWICE": {SITES: [("aet: PROV_YORK", "aet: ¦PROV_LEEDS")]},
    "SITE.STAFF_HOURS": {SITES: [("hours: {radiographer: 6 h per week", "hours: {radiographer: ¦0.1 h per week")]},
    "SITE.OPENS_UNTESTED": {SITES: [("activation: [survey_accepted", "activation: ¦[survey_accepted"), (", transfer_test_passed]", "]")]},
    "PHANTOM.SCANNER_UNCOVERED": {PH: [("scanners: [mr_l1, mr_b1, mr_b2, mr_y1]", "scanners: [mr_l1, mr_b1, mr_b2]")], SITES: [("  mr_y1: {", "  ¦mr_y1: {")]},
    # dose
    "DOSE.NOT_STATED": {XRAY: "exam: hands_xray\nmodality: ¦[DX, CR]\nmanual: \"3.1\"\nminutes: 10\nseries: {pa_both: {match: {view: PA}}}\n"},
    "DOSE.NOT_JUSTIFIED": {XRAY: [("exposure:", "¦exposure:"), ("  approval: \"REC 26/YH/0000, section B3\"\n", "")]},
    "DOSE.OVER_CONSTRAINT": {XRAY: [("expected: E <= 0.01 mSv", "expected: E <= 0.05 mSv"), ("participant: E <= 0.2 mSv", "participant: ¦E <= 0.2 mSv")]},
    "DOSE.FACTORS": {XRAY: [("k_factors: hand-factors.csv", "k_factors: ¦user table")]},
    "DOSE.NO_PRACTITIONER": {P: [("roles:", "¦roles:"), (", decides: [justification]", "")]},
    # information, consent, safety
    "CONSENT.RISKS_MISSING": {C: [("  risks:", "  ¦risks:"), ("    joints_us: [none known]\n", "")]},
    "CONSENT.PURPOSE_MISSING": {C: [("  purpose:", "  ¦purpose:"), ("    joints_us: see swelling and blood flow of single joints on the day\n", "")]},
    "CONSENT.VISIT_UNTOLD": {C: [("  visit:", "  ¦visit:"), ("    week12: \"MRI and ultrasound on the day of your clinic visit, about an hour\"\n", "")]},
    "CONSENT.OPTION_WORDLESS": {C: [("  recontact: {words: be asked about later studies}", "  ¦recontact: {}")]},
    "CONSENT.EQUITY_MISSING": {S: [("- {reason: pregnancy, expected: 1 %, equity: \"may join after pregnancy\"}", "- ¦{reason: pregnancy, expected: 1 %}")]},
    "CONSENT.USE_UNCOVERED": {C: [("  commercial: {words: research by companies, covers: [commercial]}\n", "")], "evidence.yaml": [("commercial: by consent", "commercial: ¦by consent")]},
    "CONSENT.RECALL_NOT_TOLD": {C: [("information:", "¦information:"), ("  recall: \"you may be asked to come again if the pictures are not good enough; you can say no\"\n", "")]},
    "CONSENT.NO_WITHDRAWAL": {C: [("withdrawal:", "¦withdrawal:"), ("images: quarantine", "images: keep"), ("images: erase", "images: keep")]},
    "SAFETY.NO_POLICY": {C: [("information:", "¦information:"), ("  unexpected_findings: {who: safety_reader, within: 10 d, told_by: investigator}\n", "")]},
    "SAFETY.READ_WITHOUT_FLOW": {F: [("within: 10 d, tested", "within: ¦30 d, tested")]},
    "SAFETY.READ_WITHOUT_COST": {COSTS: [("items:", "¦items:"), ("  safety_read:    {line: extra expertise, per: exam, price: 35, attribution: research}\n", "")]},
    # people and training
    "TRAIN.ROLE_WITHOUT_COURSE": {P: [("  physicist: {at", "  ¦physicist: {at"), ("for: [radiographer, sonographer, physicist]", "for: [radiographer, sonographer]")]},
    "TRAIN.NO_SAFETY": {P: [("  mr_safety: {", "  ¦mr_safety: {"), ("for: [radiographer], valid: 1 year", "for: [radiographer], valid: 2 years")]},
    "TRAIN.READER_UNQUALIFIED": {ERO: [("qualify: {set: 20 cases, attempts: 2, pass: [\"icc(erosion_total, reference).lower >= 0.6\", \"icc(erosion_total, readers_at_work).lower >= 0.6\", blanks == 0]}\n", ""), ("readers: {primary", "¦readers: {primary")]},
    "TRAIN.NO_CLINICAL": {P: [("  radiographer: {at", "  ¦radiographer: {at"), ("gcp: {kind: clinical, for: [radiographer, ", "gcp: {kind: clinical, for: [")]},
    "TRAIN.SCORING_UNTAUGHT": {P: [("scoring_form: {kind: interpretation, for: [reader, adjudicator]", "scoring_form: {kind: interpretation, for: [reader]"), ("joining_later: {kind: readers, for: [reader, adjudicator]", "joining_later: {kind: readers, for: [reader]")], ERO: [("adjudicator: 1}", "adjudicator: ¦1}")]},
    "TRAIN.FORM_UNTAUGHT": {P: [("form_filling: {kind: data_capture, for: [radiographer, sonographer, reader, adjudicator]", "form_filling: {kind: data_capture, for: [radiographer, reader, adjudicator]")], SYN: [("enter: [sonographer]", "enter: ¦[sonographer]")]},
    "PEOPLE.NOBODY_ANSWERS": {P: [("responsibilities:", "¦responsibilities:"), ("  transfer: radiographer\n", "")]},
    "PEOPLE.NOBODY_DECIDES": {P: [("roles:", "¦roles:"), ("decides: [recall]", "decides: []")]},
    "PEOPLE.NO_DEPUTY": {P: [("  physicist: {at", "  ¦physicist: {at"), (", deputy: required", "")]},
    "PEOPLE.PLATFORM_ROLE_MISSING": {P: [("roles:", "¦roles:"), ("acts_as: adjudicator", "acts_as: reader")]},
    # reading
    "READ.SERIES_NOT_ACQUIRED": {MRI: [("at: [baseline, week24, week52]", "at: [baseline, week52]")], ERO: [("visits: [baseline, week24, week52]", "visits: [baseline, ¦week24, week52]")]},
    "READ.NOTHING_NEEDED": {RAMRIS: [("form: ramris", "form: ¦ramris"), ("needs: [hands_mri.cor_t1, hands_mri.cor_stir, hands_mri.ax_t1_post]", "needs: []")]},
    "READ.EXAM_NOT_MADE": {S: [("imaging: [hands_mri, hands_xray]", "imaging: [hands_xray]")], ERO: [("visits: [baseline, week24, week52]", "visits: [baseline, week24, ¦week52]")]},
    "READ.OUTCOME_NOT_READ": {S: [("from: reading/synovitis.yaml, at: week24", "from: reading/synovitis.yaml, at: ¦week52")]},
    "READ.TOO_FEW_READERS": {P: [("reader: {at: reading, acts_as: reader, people: 2}", "reader: {at: reading, acts_as: reader, people: 1}")], ERO: [("readers: {primary: 2", "readers: {primary: ¦2")]},
    "READ.ONE_READER": {ERO: [("readers: {primary: 2, pool: reader, adjudicator: 1}", "value: week52.erosion_change\nreaders: {primary: ¦1, pool: reader}"), ("adjudicate:\n  when:\n    change: abs(a.week52.erosion_change - b.week52.erosion_change) > limits.smallest_detectable_change\n    progression: (a.week52.erosion_change > 0) != (b.week52.erosion_change > 0)\n  how: independent third read, blind   # a reader who sees both answers may only choose one of them\n  technical_query_first: true\n", ""), ("final: {agreed: mean of two, adjudicated: mean of the two nearest, tie: adjudicator and higher}", "final: {agreed: first}")]},
    "READ.NO_ADJUDICATION": {ERO: [("readers: {primary: 2, pool: reader, adjudicator: 1}", "value: week52.erosion_change\n¦readers: {primary: 2, pool: reader}"), ("adjudicate:\n  when:\n    change: abs(a.week52.erosion_change - b.week52.erosion_change) > limits.smallest_detectable_change\n    progression: (a.week52.erosion_change > 0) != (b.week52.erosion_change > 0)\n  how: independent third read, blind   # a reader who sees both answers may only choose one of them\n  technical_query_first: true\n", ""), ("final: {agreed: mean of two, adjudicated: mean of the two nearest, tie: adjudicator and higher}", "final: {agreed: mean of two}")]},
    "READ.CANNOT_FINISH": {ERO: [("hours: {reader: 4 h per week", "hours: ¦{reader: 0.1 h per week")]},
    "READ.NO_TIME_AFTER_LAST_VISIT": {S: [("data_lock: 2027-12-20", "data_lock: 2027-11-13")], ERO: [("finish_by: {", "finish_by: ¦{")]},
    "READ.WASHOUT_TOO_LONG": {ERO: [("washout: 28 d", "washout: ¦100 d")]},
    "READ.SESSION_TOO_SHORT": {ERO: [("sessions: {at_most: 90 min}", "sessions: {at_most: ¦30 min}")]},
    "READ.BLINDING_LEAK": {ERO: [("hide: [arm, site, dates", "hide: ¦[site, dates")]},
    "READ.READERS_NOT_BLIND": {S: [("arm: [participant, clinical_team, radiographer, sonographer, reader, adjudicator, ", "arm: ¦[participant, clinical_team, radiographer, sonographer, adjudicator, ")]},
    "READ.UNBLINDED_EARLY": {S: [("  unblinding: {after: [data_lock, reads_final, adjudications_closed]", "  ¦unblinding: {after: [data_lock]")]},
    "READ.FORM": {ERO: [("readers: {primary", "value: ¦week52.erosion_chnge\nreaders: {primary")]},
    "READ.SAME_POOL_TWO_EXAMS": {"reading/synovitis.yaml": [("exam: hands_mri", "exam: hands_xray"), ("pool: reader", "pool: ¦reader")]},
    "READ.APART_SAME_READERS": {ERO: [("readers: {primary", "apart_from: [¦synovitis_change]\nreaders: {primary")]},
    "READ.SIDE_FEEDS_OUTCOME": {ERO: [("readers: {primary", "serves: ancillary\nreaders: {primary")], S: [("from: reading/erosion.yaml", "from: ¦reading/erosion.yaml")]},
    "READ.SCAN_SCORE_VISIBLE": {SYN: [("access: {enter", "¦access: {enter"), ("hidden_from: [reader, clinical_team]", "hidden_from: [clinical_team]")]},
    # forms
    "FORM.NOT_ACCEPTED": {RAMRIS: [("form: ramris", "form: ¦ramris"), ("accepted_by: [reader, data_manager, statistician_main]\n", "")]},
    "FORM.FREE_TEXT": {RAMRIS: [("grids:\n", "  ¦remark: {ask: \"Anything else?\", text: true, why: \"for the sponsor\"}\ngrids:\n")]},
    "READ.ALGORITHM_ANSWERS": {"reading/synovitis.yaml": [("readers: {", "algorithm: {name: Joint AI, version: \"1\", csv: {nowhere: ¦column}}\nreaders: {")]},
    "FORM.UNUSED": {"forms/spare.yaml": SECOND_FORM.replace("form: spare", "form: ¦spare")},
    "FORM.BLIND_ROLE_ENTERS": {SYN: [("enter: [sonographer]", "enter: [¦sonographer]"), ("hidden_from: [reader,", "hidden_from: [sonographer, reader,")]},
    "FORM.READER_CANNOT_ENTER": {RAMRIS: [("enter: [reader, adjudicator]", "enter: ¦[reader]")]},
    # flows
    "FLOW.NO_AGREEMENT": {F: [("  site_agreement: {between: [site, unit], level: pseudonymised, until: 2029-12-31, ready_by: 2025-12-15, lead_time: 12 weeks}\n", ""), ("  send:  ", "  ¦send:  ")]},
    "FLOW.IDENTIFIABLE_LEAVES": {F: [("  send:    {from: gateway, to: images, what: [mri, xray, us], level: pseudonymised", "  ¦send:    {from: gateway, to: images, what: [mri, xray, us], level: identifiable")]},
    "FLOW.UNTESTED": {F: [("  send:  ", "  ¦send:  "), (", tested: {on: 2026-01-20, evidence: T2}", "")]},
    "FLOW.AGREEMENT_LATE": {F: [("ready_by: 2026-05-01", "ready_by: ¦2026-12-01")]},
    "FLOW.AGREEMENT_ENDS": {F: [("until: 2029-06-30", "until: ¦2027-06-30")]},
    "FLOW.ASSESSMENT": {F: [("covers: \"1.4\"", "covers: ¦\"1.3\"")]},
    "FLOW.NO_BATCH": {F: [("by: dicom, every: day", "by: dicom, every: ¦end of trial")]},
    "FLOW.SOURCE_DELETES_FIRST": {F: [("keeps: 8 years", "keeps: ¦1 year"), ("by: dicom, every: day", "by: dicom, every: end of trial")]},
    "FLOW.OPEN_CHANNEL": {F: [("score:   {from: reader, to: database, what: [scores], level: pseudonymised, by: web", "score:   {from: reader, to: database, what: [scores], level: pseudonymised, by: ¦email")]},
    "FLOW.NO_RETENTION": {F: [("  us:         {kind: image, per_exam: 300 MB, retain: 25 years", "  ¦us:         {kind: image, per_exam: 300 MB")]},
    "FLOW.STORE_UNGUARDED": {F: [("  images:     {", "  ¦images:     {"), ("granted_by: trial_manager, deputy: data_manager}", "granted_by: trial_manager}")]},
    "FLOW.BLIND_ROLE_REACHES_ALLOCATION": {F: [("access: [statistician_unblind]", "access: [statistician_unblind, ¦statistician_main]")]},
    "FLOW.READER_WITHOUT_IMAGES": {F: [("access: [physicist, reader, adjudicator]", "access: [physicist]"), ("  adjudicate: {from: images, to: adjudicator, what: [mri, xray], level: pseudonymised, by: web, tested: {on: 2026-02-01, evidence: T3}}\n", "")], ERO: [("readers: {primary: 2, pool: reader, adjudicator: 1}", "readers: {primary: 2, pool: reader, adjudicator: ¦1}")]},
    # costs
    "COST.EXAM_UNPRICED": {COSTS: [("items:", "¦items:"), ("  ultrasound:     {line: site variation, per: scan of joints_us, price: 95, attribution: research, result_to_clinicians: false}\n", "")]},
    "COST.ACTIVITY_UNPRICED": {COSTS: [("items:", "¦items:"), ("  read:           {line: interpretation, per: read,", "  read:           {line: interpretation, per: month,")]},
    "COST.LINE_MISSING": {COSTS: [("items:", "¦items:"), ("  mobile:         {line: mobile scanners, waived: none needed}\n", "")]},
    "COST.NO_ATTRIBUTION": {COSTS: [("  deidentify:     {line: de-identification storage access, per: exam, price: 8, attribution: research}", "  ¦deidentify:     {line: de-identification storage access, per: exam, price: 8}")]},
    "COST.RESEARCH_AS_TREATMENT": {COSTS: [("price: 310, attribution: research", "price: 310, attribution: ¦treatment")]},
    "COST.NO_BUDGET": {COSTS: [("currency: GBP", "¦currency: GBP"), ("budget: {research: 160000}\n", "")]},
    # quality
    "QC.NO_PILOT": {Q: [("pilot: {first: 2 exams per site, review: central, before: site continues}\n", ""), ("human:", "¦human:")]},
    "QC.NOBODY_LOOKS": {Q: [("then: 20 %", "then: ¦0 %")]},
    "QC.NOTHING_SCORED": {Q: [("human:", "¦human:"), ("  score: {sequence_quality: 1..5, artefact: [none, motion, ghosting, fat_suppression, positioning], effect: [none, limited, not_readable], coverage: [full, part, missing]}\n", "")]},
    "QC.ESCALATED_BEFORE_DUE": {Q: [("escalate: 4 working days", "escalate: ¦1 working day")]},
    "QC.NO_ACCREDITATION": {Q: [("human:", "¦human:"), ("accreditation: {per: scanner, needs: [phantom, volunteer_scan], valid: 2 years, gates: booking}\n", "")]},
    "QC.NOTHING_TRIGGERS": {Q: [("indicators:", "¦indicators:"), ("triggers: [{when: first_time_compliance acts, open: monitoring visit}, {when: lag_to_arrival acts, open: corrective action}]\n", "")]},
    "QC.CHANGE_UNWATCHED": {PH: "¦phantoms:\n  acr_mri: {scanners: [mr_l1, mr_b1, mr_b2, mr_y1], every: 90 d}\n"},
    # de-identification
    "DEID.DOSE_REMOVED": {DEID: [("options: [113101, 113103, 113104,", "options: ¦[113101, 113103,"), ("    - {sop_class: \"X-Ray Radiation Dose SR Storage\", tag: ContentSequence, action: clean, why: \"dose is monitored against the constraint\"}\n", "")]},
    "DEID.DATES_TOLD": {DEID: [("options: [113101, 113103, 113104, 113105, 113107,", "options: ¦[113101, 113103, 113104, 113105, 113106,"), ("  dates: {shift: {days: [-3650, -30], per: participant}, keep_time: true}\n", "")]},
    "DEID.DESCRIPTION_REMOVED": {DEID: [("descriptors: clean ", "descriptors: ¦remove ")]},
    "DEID.UNKNOWN_NAME": {DEID: [("{tag: ProtocolName,", "{tag: ¦ProtocolNam,")]},
    # open points
    "OPEN.TO_SETTLE": {S: [("waived:\n", "to_settle: [{where: \"quality.yaml:booking.lead_time\", what: ask the departments}]\nwaived:\n")], Q: [("lead_time: 3 working days", "¦lead_time: 3 working days")]},
    "OPEN.NOWHERE": {S: [("waived:\n", "to_settle: [{where: ¦\"qualty.yaml:booking\", what: ask the departments}]\nwaived:\n")]},
    # evidence and economics
    "EVIDENCE.CLAIM_WITHOUT_OUTCOME": {"evidence.yaml": evidence("¦c1: {claim: better}")},
    "EVIDENCE.NO_BENEFIT": {"evidence.yaml": evidence("¦c1: {claim: as good, outcome: erosion_change, design: non-inferiority}")},
    "EVIDENCE.MARKET_NEEDS_UNKNOWN_CLAIM": {"evidence.yaml": evidence("c1: {claim: better, outcome: erosion_change}", "{route: UKCA, needs: {¦c2: [accuracy]}}")},
    "EVIDENCE.NO_MARKET": {"evidence.yaml": evidence("c1: {claim: better, outcome: erosion_change}").replace("product:", "¦product:").replace("market_position: adds\n", "")},
    "EVIDENCE.NO_BARRIER": {"evidence.yaml": evidence("c1: {claim: better, outcome: erosion_change}").replace("product:", "¦product:").replace("barriers: [{barrier: old scanners, owner: trial_manager}]\n", "")},
    "EVIDENCE.PERMISSION_LATE": {"evidence.yaml": [("manufacturer_permissions: none needed", "manufacturer_permissions: [¦reading_contract]")]},
    "EVIDENCE.COMMERCIAL_UNSTATED": {"evidence.yaml": [("commercial: by consent option commercial and agreement", "commercial: none")], F: [("  safety:  ", "  sell: {from: images, to: database, what: [mri], by: web, every: day, purpose: ¦commercial}\n  safety:  ")]},
    "ECONOMICS.CURRENCY": {"economics/m.yaml": MODEL.replace("¦", "").replace("dayz", "days").replace("currency: GBP", "currency: ¦EUR")},
    "ECONOMICS.OUTCOME_UNKNOWN": {"economics/m.yaml": MODEL},
}  # fmt: skip
