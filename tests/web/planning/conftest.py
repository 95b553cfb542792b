"""A study whose plan has open questions, and archives of amended plans."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from provident.plan import content_hash
from provident.web.studies.plans import as_bytes, version_in_force


PASSWORD = "correct horse battery"


@pytest.fixture
def manager(make_member):
    return make_member("trial_manager")


@pytest.fixture
def with_questions(study, clock):
    """The plan with one warning and one unanswered consideration, put in force without the gate of loading."""
    from provident.web.studies.models import PlanVersion

    before = version_in_force(study)
    text = before.files["study.yaml"]
    waived = text.index("\nwaived:")
    files = {
        **before.files,
        "study.yaml": text[:waived].replace('"1.4"', '"1.5"') + "\n",
    }
    digest = content_hash({name: as_bytes(said) for name, said in files.items()})
    return PlanVersion.objects.create(
        study=study, version="1.5", hash=digest, files=files,
        loaded_at=clock.now(), in_force_from=clock.now(),
    )  # fmt: skip


@pytest.fixture
def amended(study):
    """A function {file: (old, new)} -> the files of the next version."""

    def make(
        changes: dict[str, tuple[str, str]], version: str = "2.0"
    ) -> dict[str, bytes]:
        now = version_in_force(study)
        files = dict(now.files)
        for name, (old, new) in {
            **changes,
            "study.yaml": changes.get("study.yaml", ("", "")),
        }.items():
            assert old in files[name], (name, old)
            files[name] = files[name].replace(old, new, 1) if old else files[name]
        said = f'version: "{now.version}"'
        assert said in files["study.yaml"]
        files["study.yaml"] = files["study.yaml"].replace(said, f'version: "{version}"')
        return {name: as_bytes(text) for name, text in files.items()}

    return make


def zipped(files: dict[str, bytes], folder: str = "plan/") -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return out.getvalue()
