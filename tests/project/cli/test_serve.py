"""A port that is taken is told before any work is done."""

import socket
from pathlib import Path

import pytest

from cleanclaim.project import cli


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_refused_before_a_home_is_made(capsys, tmp_path: Path, command) -> None:
    home = tmp_path / "home"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        status = cli.main(["--home", str(home), command, "--port", port])

    assert status == 2
    assert f"port {port}" in capsys.readouterr().err
    assert not home.exists()


@pytest.mark.parametrize(
    "command", [["serve", "--port", "0"], ["database", "status"], ["database", "stop"]]
)
def test_a_mistyped_home_is_named_and_not_made(capsys, tmp_path: Path, command) -> None:
    home = tmp_path / "hoem"

    status = cli.main(["--home", str(home), *command])

    assert status == 2
    assert f"{home} is no home of cleanclaim" in capsys.readouterr().err
    assert not home.exists()


def test_only_create_makes_a_home_and_only_once(capsys, tmp_path: Path, monkeypatch) -> None:
    from cleanclaim.project.cli import database

    monkeypatch.setattr(database.postgres, "start", lambda path: None)
    arguments = ["--home", str(tmp_path / "home"), "database", "create"]

    made, again = cli.main(arguments), cli.main(arguments)

    assert (made, again) == (0, 2)
    assert "is a home already" in capsys.readouterr().err
