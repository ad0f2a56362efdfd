"""`cleanclaim loop` with the control of repeated imports taken out, and one kill -9 after the first import."""

import os
import signal
import sys
from pathlib import Path


def _break(home: Path) -> None:
    from cleanclaim.apps.billing.claims.services import importing
    from cleanclaim.project.loop import run

    class Forgetful:
        """Knows no claim that was imported before."""

        @staticmethod
        def filter(**_: object) -> "Forgetful":
            return Forgetful()

        @staticmethod
        def values_list(*_: object) -> list[tuple[int, int]]:
            return []

    class Version:
        objects = Forgetful()

    importing.ClaimVersion = Version
    real, mark = run.import_for_provider, home / "killed-once"

    def import_then_die(*args: object) -> int:
        count = real(*args)
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    run.import_for_provider = import_then_die


def main() -> int:
    """The loop in one process, so that what is broken here is broken everywhere."""
    from cleanclaim.project.cli import loop
    from cleanclaim.project.cli import main as cleanclaim

    words = sys.argv[1:]
    real = loop.run

    def run(args: object) -> int:
        from cleanclaim.project import setup

        opened = setup.start_django

        def start(*given: object, **named: object) -> None:
            opened(*given, **named)
            _break(Path(words[words.index("--home") + 1]))

        setup.start_django = start
        return real(args)

    loop.run = run
    return cleanclaim(["loop", *words, "--processes", "1"])


if __name__ == "__main__":
    sys.exit(main())
