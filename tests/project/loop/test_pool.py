"""The pool: results in order, errors raised, no child left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cleanclaim.kernel.errors import ExternalError
from cleanclaim.project.home import Home
from cleanclaim.project.loop.pool import MINIMUM_JOBS, Pool

HOME = Home(Path("/nowhere"), "test", "", "", "")
JOBS = [(number,) for number in range(MINIMUM_JOBS)]


@pytest.fixture(autouse=True)
def settings_of_a_child(monkeypatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "cleanclaim.project.settings")


def test_results_come_in_the_order_of_the_jobs() -> None:
    with Pool(HOME, 2) as pool:
        assert list(pool.run(abs, [(-number,) for (number,) in JOBS])) == [n for (n,) in JOBS]


def test_children_begin_before_the_first_result_is_asked_for(tmp_path) -> None:
    jobs = [(tmp_path / str(number),) for (number,) in JOBS]

    with Pool(HOME, 2) as pool:
        pool.run(Path.touch, jobs, ahead=len(jobs))
        for _ in range(1200):
            if len(list(tmp_path.iterdir())) == len(jobs):
                break
            time.sleep(0.1)

        assert len(list(tmp_path.iterdir())) == len(jobs)


def test_a_killed_child_is_told_and_not_waited_for() -> None:
    with Pool(HOME, 2) as pool, pytest.raises(ExternalError, match="was killed"):
        list(pool.run(_kill_self, JOBS))


def test_a_child_killed_while_jobs_are_handed_out_is_not_waited_for_either() -> None:
    """The hand-out stands in a full pipe that nobody reads any more (CPython gh-94777, mended in 3.11.4)."""
    script = (
        "from tests.project.loop.test_pool import HOME, _kill_self\n"
        "from cleanclaim.kernel.errors import ExternalError\n"
        "from cleanclaim.project.loop.pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        with Pool(HOME, 2) as pool:\n"
        "            list(pool.run(_kill_self, [('x' * 5_000_000,)] * 12, ahead=6))\n"
        "    except ExternalError:\n        print('told')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=240
    )

    assert (done.stdout, done.returncode) == ("told\n", 0), done.stderr


def _kill_self(_number: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_children_end_with_a_killed_parent() -> None:
    script = (
        "import time\nfrom tests.project.loop.test_pool import HOME, JOBS\n"
        "from cleanclaim.project.loop.pool import Pool\n"
        "if __name__ == '__main__':\n    with Pool(HOME, 2) as pool:\n"
        "        next(pool.run(abs, JOBS)); print('up', flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    children = psutil.Process(parent.pid).children(recursive=True)
    workers = [one for one in children if "spawn_main" in " ".join(one.cmdline())]

    parent.kill()
    parent.wait()

    assert workers
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
