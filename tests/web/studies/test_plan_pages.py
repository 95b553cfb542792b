"""The plan's pages: coverage, findings at their lines, versions."""

from __future__ import annotations

from provident.web.studies import presenters
from provident.web.studies.plans import version_in_force


def test_twelve_domains_and_thirty_nine_considerations(study):
    made = presenters.checked(version_in_force(study))

    assert (len(made.domains), made.whole) == (12, 39)
    assert made.answered == sum(
        s.status in {"answered", "waived"} for d in made.domains for s in d.subdomains
    )


def broken(study, clock, old, new, version="1.5"):
    """A version of the plan with one text replaced, without the gate of loading."""
    from provident.web.studies.models import PlanVersion

    before = version_in_force(study)
    files = {**before.files, "study.yaml": before.files["study.yaml"].replace(old, new)}
    assert files != before.files
    return PlanVersion.objects.create(
        study=study, version=version, hash=version.zfill(64), files=files, loaded_at=clock.now(), in_force_from=clock.now(),
    )  # fmt: skip


def test_a_finding_leads_to_its_line(study, clock, as_member, make_member):
    version = broken(
        study,
        clock,
        "waived:\n",
        "waived:\n  - {finding: NO.SUCH, why: x, by: y, on: 2026-01-01}\n",
    )
    finding = next(
        f for f in presenters.checked(version).findings if "NO.SUCH" in f.message
    )
    client = as_member(make_member("trial_manager"))

    page, file = (
        client.get("/s/arthur-2/plan").text,
        client.get("/s/arthur-2/plan/file/study.yaml").text,
    )

    assert f"/s/arthur-2/plan/file/study.yaml#L{finding.where.line}" in page
    assert f'id="L{finding.where.line}" class="is-found"' in file
    assert "1 thing would fail" in page


def test_versions_say_which_files_changed(study, clock, as_member, make_member):
    broken(study, clock, "participants: 24", "participants: 30")

    new, old = presenters.versions(study)

    assert (
        new.version,
        new.in_force,
        new.changed,
        new.added,
        new.removed,
    ) == ("1.5", True, ("study.yaml",), (), ())
    assert (old.version, old.in_force, old.first) == ("1.4", False, True)
    assert (
        "in force"
        in as_member(make_member("monitor")).get("/s/arthur-2/plan/versions").text
    )
