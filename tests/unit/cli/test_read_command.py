"""`provident read`: what is wrong is said before anything is opened."""

from __future__ import annotations

import pytest

from provident.cli import main
from provident.cli.output import guarded


def run(*words):
    with pytest.raises(SystemExit) as ended:
        guarded(lambda: main.build()(list(words), standalone_mode=False))
    return ended.value.code


def test_a_file_that_is_not_there_is_told(tmp_path, capsys):
    code = run("read", "import", "x", "y", str(tmp_path / "no.csv"), "--as", "dora", "--data", str(tmp_path))  # fmt: skip

    assert code == 3
    assert "cannot be read" in capsys.readouterr().err


def test_a_folder_is_never_overwritten(tmp_path, capsys):
    code = run("read", "export-sr", "x", "--out", str(tmp_path), "--as", "stat")

    assert code == 3
    assert "nothing is overwritten" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_study_that_is_not_there_is_told():
    from provident.kernel import Denied, NotFound
    from provident.web.config import reads

    with pytest.raises((Denied, NotFound)):
        reads.take_files("nothing", "standalone", "dora", [], "", "", False)
    with pytest.raises((Denied, NotFound)):
        reads.report_files("nothing", "stat")
