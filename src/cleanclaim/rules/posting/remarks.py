"""The remark codes of an answer wherever they stand: at the line (LQ), else at the claim (MOA, MIA).

The reader gives the codes of one segment that has no gap between them; the others are carried, and say as much.
"""

from collections.abc import Iterable, Iterator

from cleanclaim.values.claim import Carried
from cleanclaim.values.remittance import ClaimPayment, LinePayment

_PLACES = {"MOA": (3, 4, 5, 6, 7), "MIA": (5, 20, 21, 22, 23)}
_DRUG_CODES = "RX"  # LQ01 of a code of the pharmacies' list


def claim_remarks(payment: ClaimPayment) -> tuple[str, ...]:
    """All of the claim, each once."""
    return tuple(dict.fromkeys((*payment.remark_codes, *_carried(payment.carried))))


def remarks_of(line: LinePayment, payment: ClaimPayment) -> tuple[str, ...]:
    """Those of the line; of one without any the claim's. A pharmacies' code has `RX` before it."""
    drugs = [
        f"{_DRUG_CODES} {one.elements[2]}"
        for one in line.carried
        if one.elements[:2] == ("LQ", _DRUG_CODES) and len(one.elements) > 2
    ]
    return tuple(dict.fromkeys((*line.remark_codes, *drugs))) or claim_remarks(payment)


def _carried(segments: Iterable[Carried]) -> Iterator[str]:
    for one in segments:
        for place in _PLACES.get(str(one.elements[0]), ()):
            if place < len(one.elements) and one.elements[place]:
                yield str(one.elements[place])
