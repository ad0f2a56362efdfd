"""`cleanclaim loop` that does not know from which file its claims came, with one kill -9 after the first import.

Both controls of repeated imports, the question and the unique index, go by the file's number.
"""

import os
import signal
import sys
from pathlib import Path


def _break(home: Path) -> None:
    from cleanclaim.project.loop import run

    real, mark = run.import_for_provider, home / "killed-once"

    def import_under_another_number(*args: object) -> int:
        *before, _, day, parcel = args
        count = real(*before, os.getpid(), day, parcel)
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    run.import_for_provider = import_under_another_number


def main() -> int:
    """The loop in one process, so that what is broken here is broken everywhere."""
    from cleanclaim.project import setup
    from cleanclaim.project.cli import main as cleanclaim

    words = sys.argv[1:]
    start = setup.start_django

    def start_broken(*given: object, **named: object) -> None:
        start(*given, **named)
        _break(Path(words[words.index("--home") + 1]))

    setup.start_django = start_broken
    return cleanclaim(["loop", *words, "--processes", "1"])


if __name__ == "__main__":
    sys.exit(main())
