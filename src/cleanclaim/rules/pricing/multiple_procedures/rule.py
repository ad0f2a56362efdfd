"""Of several procedures of one day the highest price is paid whole, the next ones by falling percents. Source: the contract.

Such as 100/50/25: ranked by price after modifiers (a bilateral price counts as one) and before the charge is compared, the earlier
line first among equals; the last percent holds for all further ranks. The codes say which lines are ranked: those that are
exempt or always additional are simply not among them. A line counts once, whatever its units; ranks are of one claim.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.rules.pricing.modifiers import rule as modifiers
from cleanclaim.rules.pricing.values import Contract, Factor, Price, RankClause
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def apply(
    lines: Sequence[ServiceLine],
    prices: Sequence[Price | None],
    contracts: Sequence[Contract | None],
) -> list[Price | None]:
    """The prices, those of several procedures of a day by their rank."""
    found = list(prices)
    days: dict[tuple[date | None, RankClause], list[int]] = {}
    for place, (line, price, contract) in enumerate(zip(lines, prices, contracts, strict=True)):
        clause = _clause(line, contract)
        if price is not None and clause is not None and price.method not in modifiers.BY_CHARGE:
            days.setdefault((line.service_from, clause), []).append(place)
    for (_, clause), places in days.items():
        ranked = sorted(places, key=lambda place: (-_allowed(prices[place]), place))
        for rank, place in enumerate(ranked, 1):
            price = found[place]
            if price is not None and (factor := factor_of(clause, rank)).percent != 100:
                found[place] = modifiers.reduce(price, factor, "pricing.rank")
    return found


def factor_of(clause: RankClause, rank: int) -> Factor:
    """What the clause makes of the procedure with this rank, from 1."""
    percent = clause.percents[min(rank, len(clause.percents)) - 1]
    return Factor(f"{ordinal(rank)} procedure of the day", percent, clause.clause, rank)


def ordinal(rank: int) -> str:
    """Such as `2nd`."""
    ending = "th" if 10 < rank % 100 < 20 else _ENDINGS.get(rank % 10, "th")
    return f"{rank}{ending}"


def words(clause: RankClause) -> str:
    """Such as `100 %, then 50 %, then 25 % by price`."""
    return ", then ".join(percent_words(one) for one in clause.percents) + ", the highest first"


def _clause(line: ServiceLine, contract: Contract | None) -> RankClause | None:
    if contract is None:
        return None
    code = line.billed_code
    return next((one for one in contract.multiple_procedures if code in one.codes), None)


def _allowed(price: Price | None) -> Decimal:
    return price.allowed if price else Decimal(0)
