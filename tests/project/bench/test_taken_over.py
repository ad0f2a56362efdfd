"""The bench of an aging after a take-over: by its command, since it starts Django in a home of its own."""

import json
import subprocess
import sys


def test_what_was_taken_over_is_packed_and_ages_as_the_legs_say() -> None:
    command = ["-m", "cleanclaim.project.cli", "bench", "aging", "--taken-over", "41", "--json"]

    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["items"], found["items_read_from_legs"]) == (41, 0)
    assert {value for name, value in found.items() if name.endswith("is_the_same")} == {True}
    assert {value for name, value in found.items() if name.endswith("difference")} == {"0.00"}
