"""`cleanclaim serve`: the workbench on this machine, with its worker beside it."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cleanclaim.kernel.errors import ExternalError, InputError
from cleanclaim.project.children import DIES_WITH_PARENT, die_with_parent
from cleanclaim.project.home import Home
from cleanclaim.project.postgres.roles import Urls
from cleanclaim.project.setup import environment, open_database

PORT = 8000
LOOPBACK = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `serve`."""
    parser.add_argument("--port", type=int, default=PORT, help=f"port (default {PORT})")
    parser.add_argument("--bind", default=LOOPBACK, help=f"address (default {LOOPBACK})")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    refuse_taken_port(args.bind, args.port)
    with open_database(args.home, must_exist=True) as (home, urls):
        serve(home, urls, bind=args.bind, port=args.port)
    return 0


def refuse_taken_port(bind: str, port: int) -> None:
    """Say so before any work is done, not after it.

    Raises:
        InputError: another program listens there, or this machine has no such address.
    """
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except (OSError, OverflowError) as error:
            raise InputError(
                f"port {port} of {bind} cannot be used: {getattr(error, 'strerror', None) or error}",
                hint="Stop the other program, or choose a port with --port",
            ) from error


def serve(
    home: Home,
    urls: Urls,
    *,
    bind: str = LOOPBACK,
    port: int = PORT,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Run web and worker processes until interrupted or until one of them ends.

    `meanwhile` is done here while the web starts; the worker, for which nobody waits, starts after it.

    Raises:
        ExternalError: a process ended by itself, for instance because the port is taken.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    children = [start_web(home, urls, bind=bind, port=port)]
    try:
        meanwhile()
        children.append(start_worker(home, urls))
        _wait_for_connections(children[0], bind=bind, port=port)
        print(f"Serving http://localhost:{port}  (Ctrl+C stops)", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        raise ExternalError(
            "the web or worker process ended by itself",
            retryable=True,
            hint=f"See {home.path / 'logs'}; is port {port} taken?",
        )
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()


def _wait_for_connections(web: subprocess.Popen[bytes], *, bind: str, port: int) -> None:
    """Until the web takes connections, or has ended: whoever reads "Serving" opens the page at once."""
    while web.poll() is None:
        with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
            if probe.connect_ex((bind, port)) == 0:
                return
        time.sleep(0.1)


def start_web(home: Home, urls: Urls, *, bind: str, port: int) -> subprocess.Popen[bytes]:
    """The web server (`project.web`), as the app role."""
    command = [sys.executable, "-m", "cleanclaim.project.web", bind, str(port)]
    env = {**os.environ, **environment(home, urls, role="app", pool=True), "CLEANCLAIM_BIND": bind}
    return _start(command, env, log=home.path / "logs" / "web.log")


def start_worker(home: Home, urls: Urls) -> subprocess.Popen[bytes]:
    """The worker that moves files and runs jobs, as the worker role."""
    command = [sys.executable, "-m", "cleanclaim.project.worker"]
    env = {**os.environ, **environment(home, urls, role="worker")}
    return _start(command, env, log=home.path / "logs" / "worker.log")


def _start(command: list[str], env: dict[str, str], *, log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(exist_ok=True, mode=0o700)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=env | {DIES_WITH_PARENT: "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
