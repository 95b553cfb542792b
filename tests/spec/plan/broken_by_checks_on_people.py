"""Cross-checks on duties, participants, readers, equipment and money, each with an edit that it must find."""

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
ERO, PH = ("reading/erosion.yaml", "imaging/phantoms.yaml")
REPEATS = "repeats: {share: 10 %, washout: 28 d, strata: [score_tertile], last_draw: 84 d before data_lock}"

DUTIES = {
    "PEOPLE.RIGHTS_CONTRADICT": {P: [("investigator: {at: site, acts_as: site", "investigator: {at: site, acts_as: ¦qc")]},
    "PEOPLE.DECIDES_ANOTHER": {P: [("  recall: investigator", "  recall: ¦radiographer")]},
    "SAFETY.TOLD_BY_STRANGER": {C: [("told_by: investigator", "told_by: ¦trial_manager")]},
    "PEOPLE.SITE_STANDS_STILL": {P: [("  radiographer: {at: site, acts_as: site, people: 2}", "  ¦radiographer: {at: site, acts_as: site}")]},
    "TRAIN.NO_GATE": {P: [("  mr_safety: {", "  ¦mr_safety: {"), (", gates: booking", "")]},
    "TRAIN.NOT_REPEATED": {P: [("  gcp: {", "  ¦gcp: {"), ("valid: 3 years, ", "")]},
    "TRAIN.NO_PASS": {P: [("  form_filling: {", "  ¦form_filling: {"), ("reader, adjudicator], evidence: quiz, pass: 80 %", "reader, adjudicator], evidence: quiz")]},
    "TRAIN.DUTY_UNTAUGHT": {P: [("  physicist: {", "  ¦physicist: {"), ("for: [radiographer, sonographer, physicist], again", "for: [radiographer, sonographer], again")]},
}  # fmt: skip

PARTICIPANTS = {
    "CONSENT.NOT_ASKED": {C: [("\noptions:", "\n¦options:"), ("  store_images: {required: true, years: 25, covers: [archive]}\n", "")]},
    "CONSENT.NOT_MACHINE_READABLE": {C: [("  future_research: {words: any health research, duo: [GRU], ", "  ¦future_research: {words: any health research, ")]},
    "CONSENT.COMPANY_UNCOVERED": {C: [("  commercial: {words: research by companies, covers: [commercial]}\n", "")], F: [("  unit:    {name: Trials unit, kind: university", "  ¦unit:    {name: Trials unit, kind: company")]},
    "CONSENT.WITHDRAWAL_PARTIAL": {C: [("  erase: {", "  ¦erase: {"), (", backups: by key, shared: ask recipient", "")]},
    "VISIT.BURDEN": {S: [("  week12:", "  ¦week12:"), ("    imaging: [hands_mri, joints_us]\n    burden: {with_clinic: yes", "    imaging: [hands_mri, joints_us]\n    burden: {with_clinic: no")]},
    "RECRUIT.LOSSES": {S: [("  forecast: {sites_open", "  ¦forecast: {sites_open"), ("drop_out: 8 % per year", "drop_out: 40 % per year")]},
    "STUDY.DESIGN_CONTRADICTS": {S: [("\nkind: trial", "\n¦kind: cohort")]},
    "STUDY.SCANNING_ROLE_NOT_BLIND": {S: [("  arm: [participant, clinical_team, radiographer, ", "  ¦arm: [participant, clinical_team, ")]},
}  # fmt: skip

WATCHED = {
    "READ.REPEATS": {ERO: [(REPEATS + "\n", ""), ("endpoint: erosion", "¦endpoint: erosion")]},
    "READ.FATIGUE": {ERO: [("sessions: {at_most: 90 min}\n", ""), ("endpoint: erosion", "¦endpoint: erosion")]},
    "READ.SITE_SEEN": {ERO: [("hide: [arm, site, ", "¦hide: [arm, ")]},
    "READ.DRIFT_UNSEEN": {ERO: [("\nmonitor:", "\n¦monitor:"), ("  on_alarm: [hold, retrain, requalify]\n", "")]},
    "READ.QUALIFIED_LIGHTLY": {ERO: [("qualify: {set: 20 cases", "¦qualify: {set: 4 cases")]},
}  # fmt: skip

EQUIPMENT = {
    "PHANTOM.SHOWS_NOTHING": {PH: [("  acr_mri:", "  ¦acr_mri:"), ("    after: scanner change\n", "")]},
    "SCANNER.CHANGE_UNSEEN": {PH: [("  watch: [model, software, ", "  ¦watch: [model, ")]},
    "QC.ACCREDITED_LIGHTLY": {Q: [("accreditation: {per: scanner, needs: [phantom, volunteer_scan]", "¦accreditation: {per: scanner, needs: [volunteer_scan]")]},
    "SITE.OPENS_UNPREPARED": {SITES: [("activation: [survey_accepted, ", "¦activation: [")]},
}  # fmt: skip

MONEY = {
    "COST.OVER_BUDGET": {COSTS: [("budget: {research: 160000}", "budget: {research: ¦16000}")]},
    "COST.WRONG_LINE": {COSTS: [("read:           {line: interpretation", "read:           {line: ¦training")]},
    "COST.RESULT_BREAKS_BLIND": {COSTS: [("result_to_clinicians: false", "result_to_clinicians: ¦true")]},
    "COST.PRICES_OLD": {COSTS: [("price_year: 2025", "price_year: ¦2015")]},
}  # fmt: skip

MRI = "imaging/hands-mri.yaml"
DEID = "deidentification.yaml"

PROTOCOL = {
    "MANUAL.IMPLAUSIBLE": {MRI: [("TR: 400..700 ms", "TR: ¦400..700 s")]},
    "MANUAL.TOLERANCE": {MRI: [("      TE: {target: 12 ms, warn: 3 ms, fail: 5 ms}", "      ¦TE: {target: 12 ms, warn: 3 ms, fail: 50 ms}")]},
    "MANUAL.NOT_COMPARABLE": {MRI: [("exam: hands_mri", "¦exam: hands_mri"), ("same_as_baseline: [field, coil, cor_t1.TE, cor_stir.TE]\n", "")]},
    "DEID.NEEDED_REMOVED": {DEID: [("options: [113101, ", "options: ¦[")]},
    "DEID.SHIFT_GUESSED": {DEID: [("days: [-3650, -30]", "days: ¦[-60, -30]")]},
}  # fmt: skip

ON_PEOPLE = {**PROTOCOL, **DUTIES, **PARTICIPANTS, **WATCHED, **EQUIPMENT, **MONEY}
