"""Invented claims as 837P bytes, for stories."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cleanclaim.edi import Batch, Correspondent, Envelope, write_837p
from cleanclaim.project.seed.claims import Scene, make_claims
from cleanclaim.values.claim import Claim, Purpose
from cleanclaim.values.party import Contact


def some_claims(count: int = 10, **scene: object) -> list[Claim]:
    """The first `count` claims of the generator."""
    return list(make_claims(count, Scene(**scene)))


def file_of(
    claims: Sequence[Claim],
    *,
    control: int = 1,
    usage: str = "T",
    created_on: date = date(2025, 11, 3),
    purpose: Purpose = Purpose.CHARGEABLE,
) -> bytes:
    """The claims as one interchange from an invented sender."""
    envelope = Envelope(
        "ZZ",
        "SENDER",
        "ZZ",
        "FILEDOOR",
        control,
        control,
        1,
        usage,
        created_on,
        "1200",
        "SENDER",
        "FILEDOOR",
    )
    batch = Batch(
        f"B{control}",
        created_on,
        Correspondent("SENDER", "S1", Contact("DESK", (("TE", "8315550100"),))),
        Correspondent("DOOR", "D1"),
        purpose,
    )
    marked = [replace(claim, purpose=purpose) for claim in claims]
    return write_837p(marked, envelope=envelope, batch=batch)


def to_json(report: object) -> dict:
    """The report as `--json` prints it (Django is set up only once the world's fixture has run)."""
    from cleanclaim.project.loop import report as reports

    return reports.to_json(report)
