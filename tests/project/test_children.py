"""No child is left behind, even by a parent that is killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleanclaim.project.children import DIES_WITH_PARENT

PARENT = """
import subprocess, sys, time
from cleanclaim.project.children import die_with_parent
child = "from cleanclaim.project.children import *; die_with_parent_if_asked(); print(1, flush=True); import time; time.sleep(600)"
made = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, preexec_fn={preexec})
made.stdout.readline()
print(made.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's way to do it is Linux's")
@pytest.mark.parametrize(("preexec", "asked"), [("die_with_parent", ""), ("None", "1")])
def test_a_child_ends_with_a_parent_that_is_killed(preexec: str, asked: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(preexec=preexec)],
        stdout=subprocess.PIPE,
        env={**os.environ, DIES_WITH_PARENT: asked},
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())

        parent.kill()
        parent.wait()

    assert _is_gone(child)


def _is_gone(pid: int, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False
