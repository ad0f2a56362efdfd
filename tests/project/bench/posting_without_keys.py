"""A posting that commits before it has noted what it did, under keys that are new every time; it dies there once."""

import os
import signal
import sys
import uuid
from dataclasses import replace
from pathlib import Path

from cleanclaim.project.bench import post_kills


def main() -> int:
    """As `post_kills`, with both controls taken away."""
    home = Path(sys.argv[sys.argv.index("--home") + 1])
    died = home / "died-once"
    real_post = post_kills.post

    def post(file: Path) -> None:
        from django.db import connection

        from cleanclaim.apps.billing.remittances.services import posting

        entry, keep = posting._entry, posting._keep_outcomes

        def new_entry(*args):
            made = entry(*args)
            return replace(made, idempotency_key=f"{made.idempotency_key}:{uuid.uuid4()}")

        def commit_and_die(*args):
            if not died.exists():
                died.touch()
                with connection.cursor() as cursor:
                    cursor.execute("COMMIT")
                os.kill(os.getpid(), signal.SIGKILL)
            return keep(*args)

        posting._entry, posting._keep_outcomes = new_entry, commit_and_die
        real_post(file)

    post_kills.post = post
    return post_kills.main()


if __name__ == "__main__":
    sys.exit(main())
