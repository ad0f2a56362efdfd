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
