"""Where the tests' server keeps its data: in memory where there is room, else on the disk.

Each test has a database of its own, and each of those is 1,000 small files. Making and removing them is most of
what a test with a database costs on a disk, and next to nothing in memory.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from cleanclaim.project.postgres import Server, destroy, locks

MEMORY = Path("/dev/shm")
ROOM_BYTES = 3 * 2**30  # a process's server takes under 1 GB; containers often have only 64 MB here

# A test's database need not outlive the machine, so the disk need not be waited for; that commits are written
# at their end stays. The log of changes stays small, as it lies in memory too.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "min_wal_size": "64MB",
    "max_wal_size": "256MB",
}


def has_room(memory: Path = MEMORY, *, room_bytes: int = ROOM_BYTES) -> bool:
    """Whether there is a file system in memory with room for the tests' data."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
        return min(shutil.disk_usage(memory).free, available * 1024) >= room_bytes
    except (OSError, StopIteration):
        return False


@contextmanager
def server_folder(
    worker_id: str, *, memory: Path = MEMORY, room_bytes: int = ROOM_BYTES
) -> Iterator[Path]:
    """An empty folder for a server's home; gone afterwards. Those of killed runs go first."""
    with ExitStack() as held:
        if has_room(memory, room_bytes=room_bytes):
            remove_dead(memory)
            folder = Path(tempfile.mkdtemp(prefix=f"cleanclaim-{worker_id}-", dir=memory))
            folder.chmod(0o755)  # as root, the server's own user must pass through
            draft = folder / "alive.draft"
            held.enter_context(locks.exclusive(draft))
            draft.rename(folder / "alive")  # is never seen without its lock
        else:
            folder = Path(tempfile.mkdtemp(prefix=f"cleanclaim-{worker_id}-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_dead(memory: Path) -> None:
    """Stop the servers of runs that were killed, and free their memory."""
    for note in memory.glob("cleanclaim-*/alive"):
        try:
            with locks.try_exclusive(note) as is_dead:
                if is_dead:
                    destroy(note.parent / "home")
                    shutil.rmtree(note.parent, ignore_errors=True)
        except OSError:
            continue  # another user's, or another process removes it now


def hurry(server: Server) -> None:
    """Give a running server the settings above."""
    url = server.url(database="postgres", user=server.superuser)
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
