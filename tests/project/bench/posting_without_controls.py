"""A posting that commits before it has noted what it did, and dies there once; if told so, under keys that are new every time."""

import os
import signal
import sys
import uuid
from dataclasses import replace
from pathlib import Path

from cleanclaim.project.bench import post_life


def main() -> int:
    """As `post_life`, with one control taken away, or both."""
    without_keys = "--without-keys" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--without-keys"]
    died = Path(sys.argv[sys.argv.index("--home") + 1]) / "died-once"
    real_post = post_life.post

    def post(file: Path) -> None:
        from django.db import connection

        from cleanclaim.apps.billing.remittances.services.posting import _Posting
        from cleanclaim.apps.billing.remittances.services.steps import Wording
        from cleanclaim.apps.shared.ledger import services as ledger

        entry, write = Wording._entry, _Posting.write

        def new_entry(*args):
            made = entry(*args)
            return replace(made, idempotency_key=f"{made.idempotency_key}:{uuid.uuid4()}")

        def write_commit_and_die(posting, step):
            if not died.exists():  # the entries alone: what is noted of them comes right after
                died.touch()
                ledger.post_prepared(step.entries)
                with connection.cursor() as cursor:
                    cursor.execute("COMMIT")
                os.kill(os.getpid(), signal.SIGKILL)
            return write(posting, step)

        if without_keys:
            Wording._entry = new_entry
        _Posting.write = write_commit_and_die
        real_post(file)

    post_life.post = post
    return post_life.main()


if __name__ == "__main__":
    sys.exit(main())
