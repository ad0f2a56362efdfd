"""Child processes that never outlive the process that started them, however it ended."""

import ctypes
import os
import signal
import sys

# linux/prctl.h
PR_SET_PDEATHSIG = 1
DIES_WITH_PARENT = "CLEANCLAIM_DIES_WITH_PARENT"

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent() -> None:
    """Have the kernel end this process as soon as its parent is gone (Linux; elsewhere nothing)."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def die_with_parent_if_asked() -> None:
    """The same for a grandchild, which a child's command starts and we do not: asked by `DIES_WITH_PARENT`."""
    if os.environ.get(DIES_WITH_PARENT):
        die_with_parent()
