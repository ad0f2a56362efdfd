"""Compare lines with what was expected of them: the same for what is posted and for what posting would do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.selectors import Line, charges_of, of_version
from cleanclaim.apps.billing.claims.convert import current_values
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.contracts.expecting import Booked, fees_of, prices_under
from cleanclaim.apps.billing.contracts.models import ExpectedLine
from cleanclaim.apps.billing.contracts.selectors import (
    InForce,
    editions_by_payer,
    expected_of,
)
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.pricing import Contract, FeeLookup, Price, implied_price, price_claim
from cleanclaim.rules.variance import (
    Answer,
    Kind,
    Verdict,
    judge,
    missing_words,
    price_words,
    shares_as_paid,
)
from cleanclaim.values import claim as values

_PRICED = (Kind.SHORT, Kind.OVER)


@dataclass(frozen=True, slots=True)
class Compared:
    """One line with its verdict; fields as in `models.Variance`. A fee has no claim."""

    compare_key: str
    verdict: Verdict
    payer_id: int
    payer_name: str
    payer_number: str = ""
    claim_id: int | None = None
    patient_id: int | None = None
    patient_name: str = ""
    item_id: int = 0
    control_number: str = ""
    line_number: int = 0
    service_from: date | None = None
    contract: str = ""
    term: str = ""
    implied: str = ""
    clause: str = ""
    words: str = ""
    help_desk: str = ""
    remittance_id: int | None = None
    trace_number: str = ""


def line_key(item_id: int) -> str:
    """What names a line's comparison."""
    return f"line:{item_id}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """A live line of a claim with what is expected of it."""

    claim: Claim
    line: Line
    expected: ExpectedLine


def expectations(claim_ids: Collection[int]) -> list[Expectation]:
    """The live lines of these claims of which something is expected, in order of claim and line."""
    live = {
        line.item_id: line
        for lines in charges_of(list(claim_ids)).values()
        for line in of_version(lines, 0)
        if line.item_id
    }
    expected = expected_of(list(live))
    rows = Claim.objects.filter(is_one_of("id", sorted({e.claim_id for e in expected.values()})))
    claims = {row.pk: row for row in rows}
    return [
        Expectation(claims[one.claim_id], live[item_id], one)
        for item_id, one in sorted(expected.items())
    ]


def compare(
    found: Sequence[Expectation], answers: Mapping[int, Answer | None], *, on: date
) -> list[Compared]:
    """Each line against its answer; `answers` by item id, None = missing. Lines without a key are left out."""
    wanted = [one for one in found if one.line.item_id in answers]
    groups = _groups(wanted, answers)
    shares = _shares_as_paid(groups)
    judged = [
        (one, _judge(one, answers[one.line.item_id], shares.get(one.line.item_id)))
        for one in wanted
    ]
    asked = [one for one, verdict in judged if verdict.kind in _PRICED]
    explain = _Explainer(asked, _sums(groups))
    return [_compared(one, verdict, explain, on=on) for one, verdict in judged]


_Groups = list[list[tuple[Expectation, Answer]]]


def _groups(wanted: Sequence[Expectation], answers: Mapping[int, Answer | None]) -> _Groups:
    """Answered lines that are compared in sum: they share an amount of the contract, or the payer bundled them."""
    groups: dict[tuple[int, int], list[tuple[Expectation, Answer]]] = {}
    for one in wanted:
        answer = answers[one.line.item_id]
        if answer and one.expected.promised is None:
            group = one.expected.share_group or (0 if answer.is_bundled else -one.line.item_id)
            groups.setdefault((one.claim.pk, group), []).append((one, answer))
    return [found for (_, group), found in groups.items() if group >= 0]


def _shares_as_paid(groups: _Groups) -> dict[int, Decimal]:
    """{item id: what is expected of it} for lines that are compared in sum, divided as the payer did."""
    found: dict[int, Decimal] = {}
    for group in groups:
        shares = shares_as_paid(
            [one.expected.allowed or ZERO for one, _ in group], [answer for _, answer in group]
        )
        found |= {one.line.item_id: share for (one, _), share in zip(group, shares, strict=True)}
    return found


def _sums(groups: _Groups) -> dict[int, tuple[Decimal, Decimal]]:
    """{item id: (what the lines of its group should bring, what the payer allowed for them)}."""
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for group in groups:
        due = total(one.expected.allowed or ZERO for one, _ in group)
        allowed = total(answer.paid + answer.patient + answer.other for _, answer in group)
        found |= {one.line.item_id: (due, allowed) for one, _ in group}
    return found


def _judge(one: Expectation, answer: Answer | None, share: Decimal | None) -> Verdict:
    expected = one.expected
    return judge(
        allowed=expected.allowed if share is None else share,
        promised=expected.promised,
        answer=answer,
        tolerance=expected.contract.tolerance if expected.contract else ZERO,
    )


def _compared(one: Expectation, verdict: Verdict, explain: "_Explainer", *, on: date) -> Compared:
    expected, claim = one.expected, one.claim
    contract = f"{expected.contract.code} {expected.edition}" if expected.contract else ""
    implied, words = "", ""
    if verdict.kind in _PRICED:
        implied, words = explain.words(one, verdict, contract)
    elif verdict.kind is Kind.MISSING:
        words = missing_words(
            service_from=one.line.service_from, on=on, is_promise=expected.promised is not None
        )
    elif verdict.kind is Kind.DENIED:
        words = "denied or left unanswered; it is worked as a denial"
    elif verdict.kind is Kind.REDUCED:
        words = "priced as agreed, then reduced for a reason that the payer states"
    return Compared(
        compare_key=line_key(one.line.item_id),
        verdict=verdict,
        payer_id=expected.payer_id,
        payer_name=_payer_name(one),
        claim_id=claim.pk,
        patient_id=claim.patient_id,
        patient_name=claim.patient_name,
        item_id=one.line.item_id,
        control_number=claim.control_number,
        line_number=one.line.line_number,
        service_from=one.line.service_from,
        contract=contract,
        term=expected.term,
        implied=implied,
        clause=expected.clause,
        words=words,
        help_desk=expected.contract.help_desk if expected.contract else "",
    )


def _payer_name(one: Expectation) -> str:
    """The payer of whom it is expected: the claim may have gone on to another one."""
    expected, claim = one.expected, one.claim
    if expected.payer_id == claim.payer_id:
        return claim.payer_name
    if expected.contract:
        return expected.contract.payer_name
    return Payer.objects.values_list("name", flat=True).get(pk=expected.payer_id)


class _Explainer:
    """Why a line was priced otherwise: the term, or the other edition, that gives the payer's price."""

    def __init__(
        self,
        asked: Iterable[Expectation],
        sums: Mapping[int, tuple[Decimal, Decimal]],
    ) -> None:
        wanted = list(asked)
        self.sums = sums
        self.values = current_values([one.claim.pk for one in wanted]) if wanted else {}
        self.editions: dict[int, list[InForce]] = (
            editions_by_payer({one.expected.payer_id for one in wanted}) if wanted else {}
        )
        booked = [Booked(pk, 0, 0, value.dated, {}) for pk, value in self.values.items()]
        terms = [one.terms for chain in self.editions.values() for one in chain]
        self.fees: FeeLookup = fees_of(terms, booked)

    def words(self, one: Expectation, verdict: Verdict, contract: str) -> tuple[str, str]:
        """(the implied term, the sentence)."""
        claim = self.values[one.claim.pk].dated
        place = _place_of(claim, one.line)
        editions = self.editions.get(one.expected.payer_id, [])
        found = prices_under(editions, claim, self.fees)[place] if place is not None else None
        if place is None or found is None or one.expected.contract is None:
            return "", f"promised {show(verdict.promised)}, paid {show(verdict.received)}"
        edition, price = found
        group = self.sums.get(one.line.item_id)
        allowed = group[1] if group else verdict.payer_allowed or ZERO
        implied = (
            ""
            if group and not price.share_group
            else implied_price(
                claim.lines[place],
                price,
                edition.terms,
                self.fees,
                allowed,
                without_stop_loss=self._without_stop_loss(claim, place, edition, price),
            )
        )
        words = price_words(
            implied=implied,
            term=one.expected.term,
            contract=contract,
            clause=one.expected.clause,
            allowed=allowed,
        )
        if group:
            words += (
                f"; for its lines together {show(group[0])} is due, {show(group[1])} was allowed"
            )
        other = self._other_edition(claim, place, allowed, edition, editions)
        return implied, f"{words}: the price of {other}" if other else words

    def _without_stop_loss(
        self, claim: values.Claim, place: int, edition: InForce, price: Price
    ) -> Decimal | None:
        """What the terms alone pay for the lines that share the price; None where no stop loss holds."""
        if price.stop_loss is None:
            return None
        terms = replace(edition.terms, stop_loss=())
        prices = price_claim(claim.lines, [terms] * len(claim.lines), terms, self.fees)
        with_it = price_claim(
            claim.lines, [edition.terms] * len(claim.lines), edition.terms, self.fees
        )
        return total(
            one[1].allowed
            for one, stopped in zip(prices, with_it, strict=True)
            if one and stopped and stopped[1].share_group == price.share_group
        )

    def _other_edition(
        self,
        claim: values.Claim,
        place: int,
        allowed: Decimal,
        now: InForce,
        editions: Sequence[InForce],
    ) -> str:
        """Another edition of the contract whose price this is, exact to the cent."""
        for one in editions:
            if one.contract.pk == now.contract.pk and one.id != now.id:
                prices = price_claim(
                    claim.lines, [one.terms] * len(claim.lines), one.terms, self.fees
                )
                if _allowed_with(prices, place) == allowed:
                    return one.title
        return ""


def _allowed_with(prices: Sequence[tuple[Contract, Price] | None], place: int) -> Decimal | None:
    """The price of the line at this place; where lines share it, that of all of them."""
    found = prices[place]
    if found is None:
        return None
    group = found[1].share_group
    shared = [one[1].allowed for one in prices if one and one[1].share_group == group]
    return total(shared) if group else found[1].allowed


def _place_of(claim: values.Claim, line: Line) -> int | None:
    numbers = [one.number for one in claim.lines]
    return numbers.index(line.line_number) if line.line_number in numbers else None
