"""Loading a plan from the command line: what would clash on this platform is refused before anything is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from provident.adapters.gateway.site import Registration, SiteGateway, directory_of
from provident.kernel import PlanError
from provident.web.config.administration import load
from provident.web.studies.models import Study


DEMO = Path(__file__).resolve().parents[3] / "plans/arthritis-demo"


@pytest.fixture(autouse=True)
def _data_directory(settings, tmp_path):
    settings.DATA_DIRECTORY = tmp_path / "data"


def listens(settings, study, site, aet):
    told = Registration(study=study, site=site, aet=aet, centre="", token="t")
    SiteGateway.make(directory_of(settings.DATA_DIRECTORY, study, site), told)


@pytest.mark.django_db(transaction=True)
def test_an_ae_title_of_another_study_is_refused_and_nothing_is_kept(settings):
    listens(settings, "other-1", "harrogate", "PROV_LEEDS")

    with pytest.raises(PlanError) as refused:
        load(DEMO, open_sites=True, reason="")

    [finding] = refused.value.findings
    assert finding.code == "PLATFORM.AE_TITLE_TAKEN"
    assert "harrogate in other-1" in finding.message
    assert (finding.where.file, finding.where.line > 1) == ("sites.yaml", True)
    assert Study.objects.count() == 0


@pytest.mark.django_db
def test_the_same_study_keeps_its_titles_when_a_plan_is_loaded_again(settings):
    load(DEMO, open_sites=True, reason="")

    again = load(DEMO, open_sites=True, reason="")

    assert [site["id"] for site in again["sites"]] == ["leeds", "bradford", "york"]


@pytest.mark.django_db
def test_a_plan_that_does_not_load_says_its_own_faults(settings, tmp_path):
    folder = tmp_path / "plan"
    shutil.copytree(DEMO, folder)
    (folder / "study.yaml").write_text("id: [")

    with pytest.raises(PlanError) as refused:
        load(folder, open_sites=False, reason="")

    assert refused.value.findings
    assert Study.objects.count() == 0
