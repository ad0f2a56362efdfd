"""`python -m cleanclaim.project.web HOST PORT`: granian, which loads the application once for all of its workers.

Where processes can be forked (Linux), workers are copies of this one: each that loaded the application by itself would
take 1.3 s of processor at the start and a hundred megabytes for good. Elsewhere each loads its own.
"""

import os
import sys

from django.urls import get_resolver
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from cleanclaim.project import wsgi
from cleanclaim.project.children import die_with_parent_if_asked

WORKERS = 2
THREADS = 4


def main(host: str, port: int) -> None:
    """Serve until told to stop. A worker that dies is started again; one that dies at once again ends the server.

    No connection to the database may be open yet: a copied one would be used by two processes.
    """
    _ = get_resolver().url_patterns  # every page's code, not only what the first request needs
    wsgi.keep_what_is_loaded()
    os.register_at_fork(after_in_child=die_with_parent_if_asked)  # the kernel forgets it at a fork
    Server(
        "cleanclaim.project.wsgi:application",
        host,
        port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
