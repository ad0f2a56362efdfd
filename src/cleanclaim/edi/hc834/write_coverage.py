"""Loop 2300 with all below it."""

from collections.abc import Iterable

from cleanclaim.edi.fields import ordered
from cleanclaim.edi.writing import (
    LoopWriter,
    add_address,
    add_number,
    add_references,
    repeated,
    write_whole,
)
from cleanclaim.values.enrollment import (
    Coverage,
    CoverageProvider,
    EnrollmentDate,
    OtherInsurance,
)
from cleanclaim.wire.x12.guide import Guide
from cleanclaim.wire.x12.writer import day8, number


def add_dates(loop: LoopWriter, dates: Iterable[EnrollmentDate]) -> None:
    """One DTP each."""
    for when in dates:
        if when.last is None:
            loop.add("DTP", when.code, "D8", day8(when.first))
        else:
            loop.add("DTP", when.code, "RD8", f"{day8(when.first)}-{day8(when.last)}")


def write_coverage(guide: Guide, coverage: Coverage, out: list[str]) -> None:
    """Append the coverage's segments."""
    loop = LoopWriter(guide, "2300", out, ordered(coverage.carried).get(("2300", 1), ()))
    loop.add("HD", coverage.maintenance, "", coverage.line, coverage.plan, coverage.level)
    add_dates(loop, coverage.dates)
    for dollars in coverage.amounts:
        loop.add("AMT", dollars.code, number(dollars.amount))
    add_references(loop, coverage.references)
    loop.done()
    for place, provider in enumerate(coverage.providers, 1):
        _provider(guide, provider, place, out)
    for other in coverage.other_insurances:
        _other(guide, other, out)


def _provider(guide: Guide, provider: CoverageProvider, place: int, out: list[str]) -> None:
    loop = LoopWriter(guide, "2310", out, ordered(provider.carried).get(("2310", 1), ()))
    add_number(loop, place)
    loop.add(
        "NM1", provider.role, "1" if provider.is_person else "2", provider.last_name, provider.first_name, "",
        "", "", provider.id_qualifier, provider.provider_id, provider.relationship,
    )  # fmt: skip
    add_address(loop, provider.address)
    loop.done()


def _other(guide: Guide, other: OtherInsurance, out: list[str]) -> None:
    extras = ordered(other.carried)
    loop = LoopWriter(guide, "2320", out, extras.get(("2320", 1), ()))
    services = repeated("^".join(other.services)) if other.services else ""
    loop.add("COB", other.order, other.policy_number, other.coordination, services)
    add_references(loop, other.references)
    add_dates(loop, other.dates)
    loop.done()
    write_whole(guide, "2330", extras, out)
