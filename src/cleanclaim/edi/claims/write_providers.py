"""Provider loops of a claim or line, and loops that are carried whole."""

from collections.abc import Iterable

from cleanclaim.edi.parties import add_provider
from cleanclaim.edi.writing import CarriedTable, LoopWriter
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.party import Provider, Role
from cleanclaim.wire.x12.guide import Guide


def write_providers(
    guide: Guide,
    providers: tuple[Provider, ...],
    loops: dict[Role, str],
    extras: CarriedTable,
    out: list[str],
) -> None:
    """The provider loops of a claim or line."""
    rows: list[tuple[str, Provider]] = []
    for provider in providers:
        loop_id = loops.get(provider.role)
        if loop_id is None:
            raise InputError(
                f"provider role {provider.role.name.lower()} has no place at this level of an {guide.name}"
            )
        rows.append((loop_id, provider))
    if len(rows) > 1:
        rows.sort(key=lambda row: row[0])
    before, occurrence = "", 0
    for loop_id, provider in rows:
        occurrence = occurrence + 1 if loop_id == before else 1
        before = loop_id
        loop = LoopWriter(guide, loop_id, out, extras.get((loop_id, occurrence), ()))
        add_provider(loop, provider)
        loop.done()


def write_carried(
    guide: Guide, loops: Iterable[tuple[str, int]], extras: CarriedTable, out: list[str]
) -> None:
    """Loops that are carried whole, in the order of `loops` (id, occurrence)."""
    for key in loops:
        LoopWriter(guide, key[0], out, extras[key]).done()
