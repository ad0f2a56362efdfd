"""The embedded PostgreSQL server of one home folder, and the check on an external one.

`start` adopts a server that runs, starts one that does not, and may be called by two programs at
once. `running` is what long work uses: the last one to leave stops the server. Nothing here
believes a pid file: a pid counts only if that process works in our data folder.

The server listens on a unix socket only, in a folder of mode 0700, and trusts whoever can open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cleanclaim.project.postgres import cluster, locks, place

PORT = 5432  # names the socket file; there is no TCP port
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on `socket_dir`; `superuser` may do anything on it."""

    socket_dir: Path
    port: int
    superuser: str
    data_dir: Path

    def url(self, *, database: str, user: str) -> str:
        """The libpq address of one database for one role."""
        folder = quote(str(self.socket_dir), safe="")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}" + (
            f"?host={folder}&port={self.port}"
        )


def start(home: Path) -> Server:
    """Start the home's server, or adopt the one that runs already.

    Raises:
        StateError: the data folder is of another major version, belongs to another user, or the
            socket folder cannot be trusted.
        ExternalError: the server did not come up; the message carries the end of its log.
    """
    where = place.prepare(home)
    with locks.exclusive(where.lock_file):
        cluster.ensure_running(where, superuser=SUPERUSER, port=PORT)
    return Server(where.socket_dir, PORT, SUPERUSER, where.data_dir)


def stop(home: Path, *, if_unused: bool = False) -> None:
    """Stop the home's server if it runs; `if_unused` leaves it to programs that still hold it."""
    if not place.exists(home):
        return
    where = place.prepare(home)
    with locks.exclusive(where.lock_file):
        if not if_unused:
            cluster.ensure_stopped(where, port=PORT)
            return
        with locks.try_exclusive(where.lease_file) as alone:
            if alone:
                cluster.ensure_stopped(where, port=PORT)


@contextmanager
def running(home: Path) -> Iterator[Server]:
    """Hold the home's server; the last holder stops it on the way out.

    The hold is a file lock, so it ends with the process however that ends.
    """
    where = place.prepare(home)
    try:
        # Held before the start, so that a leaving holder cannot stop the server in between.
        with locks.shared(where.lease_file):
            yield start(home)
    finally:
        stop(home, if_unused=True)


def is_running(home: Path) -> bool:
    """Whether a server of this home runs now."""
    return place.exists(home) and cluster.postmaster(place.prepare(home).data_dir) is not None


def destroy(home: Path) -> None:
    """Stop the server and delete its data, also where they lie outside the home. No way back."""
    if not place.exists(home):
        return
    stop(home)
    place.remove(home)
