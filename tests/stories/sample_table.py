"""Write docs/samples.md: run every sample file, each in a fresh world. `python -m tests.stories.sample_table`."""

import tempfile
from pathlib import Path

from cleanclaim.project.home import Home
from tests.conftest import TestDatabase, cloned, connect_django, migrated
from tests.edi.shared_data import Sample
from tests.stories.sample_runs import COUNTS, MONEY, Outcome, chosen, claims_in, day_in_time, run

PAGE = "docs/samples.md"
TEXT = """# What became of the sample files

Every 837P of a 5010 guide that the sample collection marks as valid goes through `cleanclaim loop FILE --enroll`,
each in its own fresh world. The difference of the proof is 0.00 for every file. `tests/stories/test_sample_files.py`
holds every row to what the loop does and says why each refusal is right; `python -m tests.stories.sample_table`
writes this page.

## On the day in the file (GS04)

Many samples carry an old service date and a later, or an earlier, date of creation: claims received before the
service are held by the provider's edits, claims received more than 365 days after it are denied with CO-29.

{own}

## In time: `--received-on` the day after the last service

{in_time}
"""


def main() -> None:
    """Run all files twice and write the page."""
    files = chosen()
    with migrated("samples") as template:
        own = [_in_fresh_world(template, sample) for sample in files]
        in_time = [
            _in_fresh_world(template, sample, received_on=day_in_time(sample))
            for sample in files
            if claims_in(sample)
        ]
    page = Path(__file__).parents[2] / PAGE
    page.write_text(TEXT.format(own=_table(own), in_time=_table(in_time)), "utf-8")
    print(f"{PAGE}: {len(own)} and {len(in_time)} rows")


def _in_fresh_world(template: TestDatabase, sample: Sample, **options: object) -> Outcome:
    from cleanclaim.project.loop.progress import Quiet
    from cleanclaim.project.loop.run import LoopRequest, run_loop

    with cloned(template) as fresh, tempfile.TemporaryDirectory() as folder:
        connect_django(fresh.worker)
        home = Home(Path(folder), "test", "secret", fresh.name, "cleanclaim_test")

        def loop(path: Path, **more: object) -> object:
            return run_loop(home, LoopRequest(files=(path,), processes=1, **more), Quiet())

        return run(sample, loop, **options)


def _table(outcomes: list[Outcome]) -> str:
    names = ["File", *COUNTS, *MONEY, "what was said"]
    head = "| " + " | ".join(name.replace("_", " ") for name in names) + " |"
    rule = "|---|" + "---:|" * (len(names) - 2) + "---|"
    return "\n".join([head, rule, *(one.row for one in outcomes)])


if __name__ == "__main__":
    main()
