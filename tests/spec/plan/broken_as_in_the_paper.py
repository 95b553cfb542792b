"""The fourteen failures of the paper's examples, each in four wordings on the demo plan, and mended.

failure -> wordings of it: what somebody wrote, the edits, and a check that must catch it by name.
"""

from __future__ import annotations

from tests.spec.plan.broken_by_check import (
    COSTS,
    DEID,
    ERO,
    MRI,
    RAMRIS,
    SITES,
    SYN,
    US,
    XRAY,
    C,
    F,
    P,
    Q,
    S,
)


SYNOVITIS = "reading/synovitis.yaml"
SAFETY = "  safety:  {from: pacs"
ONE_READER = [
    ("readers: {primary: 2, pool: reader, adjudicator: 1}", "value: week52.erosion_change\nreaders: {primary: 1, pool: reader}"),
    ("adjudicate:\n  when:\n    change: abs(a.week52.erosion_change - b.week52.erosion_change) > limits.smallest_detectable_change\n    progression: (a.week52.erosion_change > 0) != (b.week52.erosion_change > 0)\n  how: independent third read, blind   # a reader who sees both answers may only choose one of them\n  technical_query_first: true\n", ""),
    ("final: {agreed: mean of two, adjudicated: mean of the two nearest, tie: adjudicator and higher}", "final: {agreed: first}"),
]  # fmt: skip
TESTED = "tested: {on: 2026-01-20, evidence: T9}"
RETURN = f"""\
  back:    {{from: images, to: gateway, what: [mri], level: pseudonymised, by: dicomweb, every: day, within: 400 d, speed: 20 Mbit/s, purpose: care, {TESTED}}}
  restore: {{from: gateway, to: pacs, what: [mri], level: identifiable, by: dicom, every: day, purpose: care, {TESTED}}}
"""


def with_flow(*lines: str) -> list[tuple[str, str]]:
    """The demo's flows with more of them."""
    return [(SAFETY, "".join(f"  {line}\n" for line in lines) + SAFETY)]


BROKEN = {
    "A1": [
        ("the form needs a series that a read visit does not acquire", {MRI: [("at: [baseline, week24, week52]", "at: [baseline, week52]")]}, "READ.SERIES_NOT_ACQUIRED"),
        ("the score is to be chosen later", {S: [("outcomes:\n  erosion_change: {role: secondary, label: Change of erosions, from: reading/erosion.yaml, at: week52}\n  synovitis_change: {role: secondary, label: Change of synovitis, from: reading/synovitis.yaml, at: week24}\n", "")]}, "READ.NOTHING_READ"),
        ("the form does not say what it needs", {RAMRIS: [("needs: [hands_mri.cor_t1, hands_mri.cor_stir, hands_mri.ax_t1_post]", "needs: []")]}, "READ.NOTHING_NEEDED"),
        ("the second plane is optional", {MRI: [("    at: [baseline, week24, week52]\n", "    optional: yes\n")]}, "READ.NEEDED_NOT_REQUIRED"),
        ("the manual accepts none of it", {MRI: [("    match: {description: \"~stir\", plane: coronal}\n    count: 1", "    match: {description: \"~stir\", plane: coronal}\n    count: 0..2")]}, "READ.NEEDED_NOT_REQUIRED"),
        ("the design reads the radiographs with the score for MRI", {SYNOVITIS: [("exam: hands_mri", "exam: hands_xray")]}, "READ.OTHER_EXAM_NEEDED"),
        ("readers are shown one plane", {ERO: [("present:", "show: [cor_t1, cor_stir]\npresent:"), ("[[cor_t1, cor_stir], [ax_t1_post, cor_t1 as sagittal]]", "[[cor_t1, cor_stir]]")]}, "READ.OTHER_EXAM_NEEDED"),
        ("the visit that is read makes no MRI", {S: [("imaging: [hands_mri, hands_xray]", "imaging: [hands_xray]")]}, "READ.EXAM_NOT_MADE"),
    ],
    "A2": [
        ("no stage in which first exams are looked at", {Q: [("pilot: {first: 2 exams per site, review: central, before: site continues}\n", "")]}, "QC.NO_PILOT"),
        ("a person looks within two years", {Q: [("  within: 2 working days", "  within: 2 years")]}, "QC.TOO_LATE"),
        ("nobody looks after the pilot", {Q: [("then: 20 %", "then: 0 %")]}, "QC.NOBODY_LOOKS"),
        ("nothing says when the queue is too old", {Q: [("oldest: 5 working days\n", "")]}, "QC.NO_AGE_ALARM"),
        ("images are sent when the last visit is over", {MRI: [("send: {format: DICOM, within: 1 d, by: gateway}", "send: {format: DICOM, within: 12 months, by: gateway}")]}, "MANUAL.SENT_LATE"),
        ("positioning is left to the site", {MRI: [("  positioning: {text: \"prone, both hands overhead, thumbs touching, wrist to fingertips in the coil\", picture: positioning.svg}\n", "")]}, "MANUAL.NO_POSITIONING"),
        ("arrivals are judged in the following month", {Q: [("within: 1 h, quiet", "within: 30 d, quiet")]}, "QC.TOO_LATE"),
    ],
    "A3": [
        ("the scanner leaves before the last visit", {SITES: [("end_of_life: 2033-01", "end_of_life: 2027-01")]}, "SCANNER.END_OF_LIFE"),
        ("its heir is at another hospital", {SITES: [("end_of_life: 2033-01}", "end_of_life: 2027-01-15, then: mr_l1}")]}, "SCANNER.END_OF_LIFE"),
        ("its heir is an ultrasound scanner", {SITES: [("end_of_life: 2027-10, then: mr_b2", "end_of_life: 2027-10, then: us_b1")]}, "SCANNER.END_OF_LIFE"),
        ("two scanners take over from each other", {SITES: [("end_of_life: 2036-06, bridging", "end_of_life: 2027-10, then: mr_b1, bridging")]}, "SCANNER.END_OF_LIFE"),
        ("the heir comes when the old one is gone", {SITES: [("from: 2027-08", "from: 2027-12")]}, "SCANNER.END_OF_LIFE"),
        ("the heir is never compared", {SITES: [("bridging: {phantoms: [acr_mri], volunteers: 5, with: mr_b1}", "bridging: {phantoms: [], volunteers: 0, with: mr_b1}")]}, "SCANNER.NO_BRIDGING"),
        ("nobody asked how long it stays", {SITES: [("slots: 4 per week, end_of_life: 2033-01", "slots: 4 per week")]}, "SCANNER.SLOTS_UNKNOWN"),
        ("the study is extended past the scanner", {S: [("last_participant: 2026-10-30", "last_participant: 2032-10-30"), ("last_visit: 2027-11-12", "last_visit: 2033-11-12"), ("data_lock: 2027-12-20", "data_lock: 2033-12-20"), ("report: 2028-03-31", "report: 2034-03-31")]}, "SCANNER.END_OF_LIFE"),
    ],
    "A4": [
        ("the readers' contract comes after the first read", {F: [("ready_by: 2026-05-01", "ready_by: 2026-12-01")]}, "FLOW.AGREEMENT_LATE"),
        ("reading is moved forward, the contract is not", {S: [("first_read: 2026-09-01", "first_read: 2026-03-01")]}, "FLOW.AGREEMENT_LATE"),
        ("the contract has no date", {F: [(", ready_by: 2026-05-01, lead_time: 20 weeks", "")]}, "FLOW.AGREEMENT_LATE"),
        ("there is no contract", {F: [("  reading_contract: {between: [unit, readers], level: pseudonymised, until: 2029-06-30, ready_by: 2026-05-01, lead_time: 20 weeks}\n", "")]}, "FLOW.NO_AGREEMENT"),
        ("the way to the readers is tried after the first participant", {F: [("what: [mri, xray], level: pseudonymised, by: web, tested: {on: 2026-02-01", "what: [mri, xray], level: pseudonymised, by: web, tested: {on: 2026-12-01")]}, "FLOW.UNTESTED"),
        ("a manufacturer's permission comes late", {"evidence.yaml": [("manufacturer_permissions: none needed", "manufacturer_permissions: [reading_contract]")]}, "EVIDENCE.PERMISSION_LATE"),
    ],
    "A5": [
        ("readers have six minutes a week", {ERO: [("hours: {reader: 4 h per week", "hours: {reader: 0.1 h per week")]}, "READ.CANNOT_FINISH"),
        ("hours are given by the year", {ERO: [("hours: {reader: 4 h per week", "hours: {reader: 5 h per year")]}, "READ.CANNOT_FINISH"),
        ("a read takes four hours", {ERO: [("mean: 13", "mean: 240"), ("at_most: 90 min", "at_most: 12 h")]}, "READ.CANNOT_FINISH"),
        ("reads must be final when the last participant joins", {ERO: [("finish_by: {milestone: data_lock", "finish_by: {milestone: last_participant")]}, "READ.NO_TIME_AFTER_LAST_VISIT"),
        ("a single reader is left", {ERO: ONE_READER}, "READ.ONE_READER"),
        ("the second reader is planned and not there", {P: [("reader: {at: reading, acts_as: reader, people: 2}", "reader: {at: reading, acts_as: reader}")]}, "READ.TOO_FEW_READERS"),
        ("the adjudicator has an hour a year", {ERO: [("adjudicator: 2 h per week", "adjudicator: 1 h per year")]}, "READ.ADJUDICATION_CANNOT_FINISH"),
        ("arms are told at the data lock", {S: [("after: [data_lock, reads_final, adjudications_closed]", "after: [data_lock]")]}, "READ.UNBLINDED_EARLY"),
        ("arms are told when an export is made", {S: [("after: [data_lock, reads_final, adjudications_closed]", "after: [export_made]")]}, "READ.UNBLINDED_EARLY"),
        ("readers may see the arm", {ERO: [("hide: [arm, site", "hide: [site")]}, "READ.BLINDING_LEAK"),
        ("a blind role opens the list of arms", {F: [("access: [statistician_unblind]", "access: [statistician_unblind, reader]")]}, "FLOW.BLIND_ROLE_REACHES_ALLOCATION"),
    ],
    "A6": [
        ("radiographs are asked for at the end", {F: [("by: dicom, every: day", "by: dicom, every: end of trial")]}, "FLOW.NO_BATCH"),
        ("they come on request", {F: [("by: dicomweb, every: day", "by: dicomweb, every: on request")]}, "FLOW.NO_BATCH"),
        ("the hospital keeps them for a fortnight, they go monthly", {F: [("keeps: 8 years", "keeps: 14 d"), ("by: dicom, every: day", "by: dicom, every: month")]}, "FLOW.SOURCE_DELETES_FIRST"),
        ("no flow takes the radiographs", {F: [("to: gateway, what: [mri, xray, us]", "to: gateway, what: [mri, us]")]}, "FLOW.NEVER_COLLECTED"),
        ("a person carries them at the end", {F: [("from: gateway, to: images, what: [mri, xray, us], level: pseudonymised, by: dicomweb, every: day", "from: radiographer, to: images, what: [mri, xray, us], level: pseudonymised, by: upload, every: end of trial")]}, "FLOW.NO_BATCH"),
        ("nobody asked how long the hospital keeps them", {F: [("level: identifiable, keeps: 8 years", "level: identifiable")]}, "FLOW.KEEPS_UNSTATED"),
        ("the site sends when it is asked", {XRAY: [("send: {format: DICOM, within: 1 d, by: gateway}", "send: {format: DICOM, within: 2 years, by: gateway}")]}, "MANUAL.SENT_LATE"),
    ],
    "A7": [
        ("nobody accepts the form", {RAMRIS: [("accepted_by: [reader, data_manager, statistician_main]\n", "")]}, "FORM.NOT_ACCEPTED"),
        ("its author accepts it alone", {RAMRIS: [("accepted_by: [reader, data_manager, statistician_main]", "accepted_by: [reader]")]}, "FORM.ACCEPTED_BY_SOME"),
        ("analysed data are free text", {RAMRIS: [("grids:\n", "  remark: {ask: \"Anything else?\", text: true, why: \"for the sponsor\"}\ngrids:\n")]}, "FORM.FREE_TEXT"),
        ("scores come as a file", {F: [("score:   {from: reader, to: database, what: [scores], level: pseudonymised, by: web", "score:   {from: reader, to: database, what: [scores], level: pseudonymised, by: upload")]}, "FORM.ON_PAPER"),
        ("scores stay on a laptop", {F: [("  score:   {from: reader, to: database, what: [scores], level: pseudonymised, by: web, tested: {on: 2026-02-01, evidence: UAT3}}\n", "")]}, "FLOW.SCORES_NOWHERE"),
        ("two readers' records cannot be told apart", {RAMRIS: [("record: [participant, visit, side, reader]", "record: [participant, visit, side]")]}, "FORM.RECORD_NOT_UNIQUE"),
        ("a blank may mean zero", {RAMRIS: [("syn: {label: Synovitis, range: 0..3, missing: [nv, nq, jr]}", "syn: {label: Synovitis, range: 0..3}")]}, "FORM.NO_MISSING_CODE"),
    ],
    "B1": [
        ("quality control gives no score", {Q: [("  score: {sequence_quality: 1..5, artefact: [none, motion, ghosting, fat_suppression, positioning], effect: [none, limited, not_readable], coverage: [full, part, missing]}\n", "")]}, "QC.NOTHING_SCORED"),
        ("artefacts are not scored", {Q: [("artefact: [none, motion, ghosting, fat_suppression, positioning], ", "")]}, "QC.SCORE_INCOMPLETE"),
        ("coverage has one word", {Q: [("coverage: [full, part, missing]", "coverage: [full]")]}, "QC.SCORE_INCOMPLETE"),
        ("no clip is asked for", {US: [("  clips: {title: Clips of the joints, match: {frames: \"> 1\"}, count: \">= 1\", or: {still: with reason}}", "  clips: {title: Pictures of the joints, match: {description: \"~joint\"}, count: \">= 1\"}")]}, "QC.NO_CLIP"),
        ("clips are welcome", {US: [("or: {still: with reason}}", "optional: yes}")]}, "QC.NO_CLIP"),
        ("a site reviews its own first exams", {Q: [("review: central", "review: local")]}, "QC.LOCAL_PILOT"),
    ],
    "B2": [
        ("nothing opens anything", {Q: [("triggers: [{when: first_time_compliance acts, open: monitoring visit}, {when: lag_to_arrival acts, open: corrective action}]\n", "")]}, "QC.NOTHING_TRIGGERS"),
        ("no figure opens a visit", {Q: [("open: monitoring visit", "open: query")]}, "MONITOR.NO_TRIGGERED_VISIT"),
        ("nobody makes visits", {P: [("  monitor: {at: centre, acts_as: monitor}\n", "")]}, "MONITOR.NO_TRIGGERED_VISIT"),
        ("a figure is watched and opens nothing", {Q: [(", {when: lag_to_arrival acts, open: corrective action}", "")]}, "MONITOR.OPENS_NOTHING"),
        ("action comes before the warning", {Q: [("warn: \"< 85 %\", act: \"< 70 %\"", "warn: \"< 70 %\", act: \"< 85 %\"")]}, "MONITOR.LIMITS_REVERSED"),
    ],
    "B3": [
        ("one pool reads both exams", {SYNOVITIS: [("exam: hands_mri", "exam: hands_xray")]}, "READ.SAME_POOL_TWO_EXAMS"),
        ("the arms of reading that are apart share their readers", {ERO: [("readers: {primary", "apart_from: [synovitis_change]\nreaders: {primary")]}, "READ.APART_SAME_READERS"),
        ("one adjudicator sees both exams", {SYNOVITIS: [("exam: hands_mri", "exam: hands_xray"), ("pool: reader", "pool: safety_reader")]}, "READ.SAME_ADJUDICATOR_TWO_EXAMS"),
        ("readers see the sonographer's score", {SYN: [("hidden_from: [reader, clinical_team]", "hidden_from: [clinical_team]")]}, "READ.SCAN_SCORE_VISIBLE"),
        ("readers know the patients", {P: [("reader: {at: reading, acts_as: reader, people: 2}", "reader: {at: site, acts_as: reader, people: 2}")]}, "READ.READER_KNOWS_PATIENT"),
    ],
    "C1": [
        ("readers could see the other pathway's report", {S: [("kind: trial", "kind: pathway")]}, "READ.OTHER_PATHWAY_SEEN"),
        ("readers of an accuracy study could see the other test", {S: [("kind: trial", "kind: diagnostic accuracy")]}, "READ.OTHER_PATHWAY_SEEN"),
        ("images reach readers under names", {F: [("read:    {from: images, to: reader, what: [mri, xray], level: pseudonymised", "read:    {from: images, to: reader, what: [mri, xray], level: identifiable")]}, "FLOW.READER_SEES_IDENTITY"),
        ("readers open the hospital's store", {F: [("holds: [mri, xray, us], level: identifiable, keeps: 8 years", "holds: [mri, xray, us], level: identifiable, keeps: 8 years, access: [reader]")]}, "FLOW.READER_SEES_IDENTITY"),
        ("no store takes the names away", {F: [("does: deidentify, ", "")]}, "FLOW.NOT_DEIDENTIFIED"),
        ("the profile keeps the name", {DEID: [("  overrides:\n", "  overrides:\n    - {tag: PatientComments, action: keep, why: \"asked for\"}\n")]}, "DEID.NAME_KEPT"),
    ],
    "C2": [
        ("images go straight back to the PACS", {F: with_flow(f"back: {{from: images, to: pacs, what: [mri], level: pseudonymised, by: dicomweb, every: day, within: 400 d, purpose: care, {TESTED}}}")}, "FLOW.RETURN_BYPASSES_GATEWAY"),
        ("they stop at the gateway", {F: with_flow(f"back: {{from: images, to: gateway, what: [mri], level: pseudonymised, by: dicomweb, every: day, within: 400 d, speed: 20 Mbit/s, purpose: care, {TESTED}}}")}, "FLOW.RETURN_BYPASSES_GATEWAY"),
        ("they come back at some time", {F: [(SAFETY, RETURN.replace("within: 400 d, ", "") + SAFETY)]}, "FLOW.RETURN_WITHOUT_TIME"),
        ("they come back on request", {F: [(SAFETY, RETURN.replace("every: day, within: 400 d", "every: on request, within: 400 d", 1) + SAFETY)]}, "FLOW.RETURN_WITHOUT_TIME"),
        ("they come back while the ward is blind", {F: [(SAFETY, RETURN.replace("400 d", "7 d") + SAFETY)]}, "FLOW.RETURN_BREAKS_BLIND"),
        ("a pathway's images never come back", {S: [("kind: trial", "kind: pathway")]}, "FLOW.NOTHING_RETURNED"),
    ],
    "C3": [
        ("the agreement study gets copies", {F: [("  database:   {at: unit", "  copies:     {at: unit, holds: [mri], level: anonymous, backup: nightly, access: [physicist], granted_by: trial_manager, deputy: data_manager}\n  database:   {at: unit"), *with_flow(f"copy: {{from: images, to: copies, what: [mri], level: anonymous, by: sftp, every: week, {TESTED}}}")]}, "FLOW.COPY_OF_IMAGES"),
        ("copies go by courier", {F: with_flow(f"agree: {{from: images, to: reader, what: [mri], level: anonymous, by: courier, purpose: future_research, {TESTED}}}")}, "FLOW.OPEN_CHANNEL"),
        ("no participant was asked", {C: [("  future_research: {words: any health research, duo: [GRU], covers: [future_research, follow_up]}\n", "")], F: with_flow(f"agree: {{from: images, to: reader, what: [mri], level: pseudonymised, by: web, purpose: future_research, {TESTED}}}")}, "CONSENT.USE_UNCOVERED"),
        ("its readers get the originals", {F: with_flow(f"agree: {{from: pacs, to: reader, what: [mri], level: identifiable, by: hospital viewer, {TESTED}}}")}, "FLOW.READER_SEES_IDENTITY"),
    ],
    "C4": [
        ("the scan is a treatment cost", {COSTS: [("price: 310, attribution: research", "price: 310, attribution: treatment")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("what is beyond usual care is treatment too", {COSTS: [("attribution: {usual: treatment, beyond: research}", "attribution: {usual: treatment, beyond: treatment}")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("it is called usual care, of which clinicians see nothing", {COSTS: [("price: 310, attribution: research", "price: 310, usual_care: 4 per participant and year, attribution: treatment")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("contrast is a treatment cost", {COSTS: [("price: 42, attribution: research", "price: 42, attribution: treatment")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("reading is a treatment cost", {COSTS: [("per: read, price: 45, attribution: research", "per: read, price: 45, attribution: treatment")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("the scan is service support, without a word", {COSTS: [("price: 95, attribution: research", "price: 95, attribution: service support")]}, "COST.RESEARCH_AS_TREATMENT"),
        ("nobody is named who pays", {COSTS: [("price: 95, attribution: research", "price: 95")]}, "COST.NO_ATTRIBUTION"),
    ],
}  # fmt: skip

# failure -> edits that keep what the failure is about and mend it; nothing may be found.
MENDED = {
    "A1": {MRI: [("    at: [baseline, week24, week52]\n", "")]},
    "A2": {Q: [("pilot: {first: 2 exams per site", "pilot: {first: 10 exams per site"), ("oldest: 5 working days", "oldest: 3 working days")]},
    "A3": {SITES: [("end_of_life: 2027-10, then: mr_b2", "end_of_life: 2027-09, then: mr_b2")]},
    "A4": {F: [("ready_by: 2026-05-01", "ready_by: 2026-01-15")], S: [("first_read: 2026-09-01", "first_read: 2026-08-15")]},
    "A5": {ERO: [("hours: {reader: 4 h per week, adjudicator: 2 h per week}", "hours: {reader: 16 h per month, adjudicator: 8 h per month}")]},
    "A6": {F: [("keeps: 8 years", "keeps: 60 d"), ("by: dicom, every: day", "by: dicom, every: exam")]},
    "A7": {RAMRIS: [("accepted_by: [reader, data_manager, statistician_main]", "accepted_by: [statistician_main, adjudicator, data_manager]")]},
    "B1": {US: [(", or: {still: with reason}}", "}")]},
    "B2": {Q: [("{when: lag_to_arrival acts, open: corrective action}", "{when: lag_to_arrival warns, open: monitoring visit}")]},
    "B3": {SYN: [("hidden_from: [reader, clinical_team]", "hidden_from: [reader, adjudicator, clinical_team]")]},
    "C1": {S: [("kind: trial", "kind: pathway")], F: [(SAFETY, RETURN + SAFETY)], ERO: [("clinical_data, other_answers", "clinical_data, clinical_report, other_answers")], SYNOVITIS: [("clinical_data, other_answers", "clinical_data, clinical_report, other_answers")]},
    "C2": {F: [(SAFETY, RETURN + SAFETY)]},
    "C3": {F: with_flow(f"agree: {{from: images, to: reader, what: [mri], level: anonymous, by: web, purpose: future_research, {TESTED}}}")},
    "C4": {COSTS: [("price: 310, attribution: research, result_to_clinicians: false", "price: 310, usual_care: 1 per participant and year, attribution: {usual: treatment, beyond: research}, basis: \"one MRI a year is usual care\"")]},
}  # fmt: skip
