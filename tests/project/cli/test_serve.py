"""What `serve` refuses before any work is done, and that its web outlives its workers."""

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from cleanclaim.kernel.errors import InvariantError
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


def test_web_workers_that_are_killed_come_back(tmp_path: Path) -> None:
    from cleanclaim.project import postgres
    from cleanclaim.project.cli.serve import start_web
    from cleanclaim.project.setup import open_database

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        with open_database(tmp_path / "home", kind="test") as (home, urls):
            web = start_web(home, urls, bind="127.0.0.1", port=port)
            try:
                _wait_for_page(port)
                killed = _workers(web.pid)
                for worker in killed:
                    worker.kill()
                psutil.wait_procs(killed, timeout=60)
                _wait_for_page(port)

                assert len(killed) == 2
                assert web.poll() is None
                assert not set(killed) & set(_workers(web.pid))
            finally:
                web.terminate()
                web.wait(timeout=60)
    finally:
        postgres.destroy(tmp_path / "home")


def _workers(pid: int) -> list[psutil.Process]:
    family = psutil.Process(pid).children(recursive=True)
    helpers = ("resource_tracker", "forkserver")  # of Python's own, where it has them
    return [one for one in family if not any(name in str(one.cmdline()) for name in helpers)]


def _wait_for_page(port: int) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/health/", timeout=10) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline, "no page within three minutes"
            time.sleep(0.2)


def test_the_web_starts_before_what_is_done_meanwhile_and_ends_with_its_failure(
    monkeypatch, tmp_path: Path
) -> None:
    from cleanclaim.project.cli import serve
    from cleanclaim.project.home import Home
    from cleanclaim.project.postgres.roles import Urls

    web = subprocess.Popen(["sleep", "600"])
    started = []
    monkeypatch.setattr(serve.signal, "signal", lambda *_: None)
    monkeypatch.setattr(serve, "start_web", lambda *_, **__: started.append("web") or web)
    monkeypatch.setattr(serve, "start_worker", lambda *_: started.append("worker"))

    def prove() -> None:
        assert started == ["web"]
        raise InvariantError("the proof is off by 0.01")

    with pytest.raises(InvariantError, match=r"0\.01"):
        serve.serve(Home(tmp_path, "test", "", "", ""), Urls("", "", ""), port=0, meanwhile=prove)

    assert web.poll() is not None
    assert started == ["web"]


def test_serving_is_said_when_a_page_can_be_opened(monkeypatch, tmp_path: Path) -> None:
    from cleanclaim.project.cli import serve
    from cleanclaim.project.home import Home
    from cleanclaim.project.postgres.roles import Urls

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    said = []

    def say(words: str, **_: object) -> None:
        with socket.socket() as caller:
            said.append((words.split()[0], caller.connect_ex(("127.0.0.1", port))))
        if words.startswith("Serving"):
            raise KeyboardInterrupt

    monkeypatch.setattr(serve.signal, "signal", lambda *_: None)
    monkeypatch.setattr(serve, "start_web", lambda *_, **__: subprocess.Popen(web))
    monkeypatch.setattr(serve, "start_worker", lambda *_: subprocess.Popen(["sleep", "600"]))
    monkeypatch.setattr(serve, "print", say, raising=False)

    serve.serve(Home(tmp_path, "test", "", "", ""), Urls("", "", ""), port=port)

    assert said[0] == ("Serving", 0)
