"""`cleanclaim loop` as a command: what it leaves behind beside the printed proof."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from cleanclaim.project import cli
from cleanclaim.project.home import Home


@pytest.fixture
def home(tmp_path: Path, database) -> Home:
    """A test home whose database is the test's."""
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder, "test", "x" * 50, "", "")


def test_what_a_loop_did_is_sealed_when_it_ends(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    from cleanclaim.apps.shared.audit.sealing import heads_folder
    from cleanclaim.apps.shared.audit.verify import verify_all
    from cleanclaim.project.cli import loop
    from cleanclaim.project.seed.file import write_claim_file

    monkeypatch.setattr(loop, "open_django", lambda *_, **__: nullcontext(home))
    file = tmp_path / "one.837"
    write_claim_file(file, 2, seed=7)

    status = cli.main(["loop", str(file), "--enroll", "--json", "--processes", "1"])

    report = verify_all(heads_folder(home.path))
    assert (status, json.loads(capsys.readouterr().out)["proof"]["difference"]) == (0, "0.00")
    assert report.sealed > 0
    assert (report.unsealed, report.problems) == (0, [])
