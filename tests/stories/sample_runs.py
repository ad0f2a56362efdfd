"""Real 837P files of others through the loop, and what became of each as one row of docs/samples.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cleanclaim.edi import read_file
from cleanclaim.edi.guides import SUPPORTED
from cleanclaim.values.claim import Claim
from tests.edi.shared_data import ROOT, Sample, samples
from tests.stories.claims_file import to_json

COUNTS = ("in", "accepted", "rejected", "paid", "denied", "informed")
MONEY = ("charged", "paid", "prior_paid", "contractual", "patient", "denied", "rejected", "pended")
MOST_WORDS = 160


@dataclass(frozen=True)
class Outcome:
    """What the loop's JSON report says about one file. A claim's reasons stand with its number and state."""

    name: str
    is_accepted: bool
    counts: dict[str, int]
    money: dict[str, Decimal]
    difference: str
    is_balanced: bool
    file_reasons: tuple[str, ...]
    claim_reasons: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def row(self) -> str:
        """The file's row of docs/samples.md."""
        cells = [f"`{self.name}`", *(str(self.counts[key]) for key in COUNTS)]
        cells += [f"{self.money[key]:,.2f}" for key in MONEY]
        return "| " + " | ".join([*cells, self.words]) + " |"

    @property
    def words(self) -> str:
        """The first thing said about the file or its claims, and how many more."""
        if self.file_reasons:
            said = [f"refused: {reason}" for reason in self.file_reasons]
        else:
            said = [f"{state}: {'; '.join(why)}" for _, state, why in self.claim_reasons]
        if not said:
            return ""
        first = said[0] if len(said[0]) <= MOST_WORDS else said[0][:MOST_WORDS].rstrip() + " …"
        more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
        return (first + more).replace("|", "\\|")


def chosen() -> list[Sample]:
    """The collection's valid 837P files of the guides that we read."""
    return [
        sample
        for sample in samples()
        if sample.transaction == "837P" and sample.status == "valid" and sample.version in SUPPORTED
    ]


def name_of(sample: Sample) -> str:
    """The file's first folder and name in the collection."""
    parts = sample.path.relative_to(ROOT).parts
    return f"{parts[0]}/{parts[-1]}"


def claims_in(sample: Sample) -> list[Claim]:
    """Its claims, read on their own; none where a message is refused."""
    messages = read_file(sample.path.read_bytes()).messages
    return [claim for message in messages if message.is_accepted for claim in message.claims()]


def day_in(sample: Sample) -> date:
    """The day of its first group (GS04): the day of receipt."""
    [interchange, *_] = read_file(sample.path.read_bytes()).interchanges
    day = interchange.groups[0].date
    assert day is not None
    return day


def day_in_time(sample: Sample) -> date | None:
    """The day after its last service; None for a file without an accepted claim."""
    days = [claim.service_to for claim in claims_in(sample) if claim.service_to]
    return max(days) + timedelta(days=1) if days else None


def run(sample: Sample, loop: Callable[..., object], **options: object) -> Outcome:
    """Put the file through the loop with `--enroll`, so that the plan knows its people."""
    report = to_json(loop(sample.path, enroll=True, **options))
    [file] = report["files"]
    return Outcome(
        name_of(sample),
        file["accepted"],
        report["claims"],
        {key: Decimal(value) for key, value in report["money"].items()},
        report["proof"]["difference"],
        report["proof"]["provider_balanced"] and report["proof"]["payer_balanced"],
        tuple(file["reasons"]),
        tuple((e["control_number"], e["state"], tuple(e["reasons"])) for e in report["explained"]),
    )
