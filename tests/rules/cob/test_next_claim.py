"""The claim to the next payer: X12's chains, every shape of an answer, and any balanced answer at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanclaim.edi import Batch, Correspondent, Envelope, check, read_file, write_837p
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob import (
    NextCoverage,
    PayerAnswer,
    holder_of,
    next_claim,
    out_of_balance,
    prior_shares,
    standing_answer,
    told_answers,
)
from cleanclaim.values.adjustment import Adjustment, Group, adjusted
from cleanclaim.values.claim import Claim, Procedure, Subscriber
from cleanclaim.values.party import Address, Contact, Payer, Person
from cleanclaim.values.remittance import ClaimPayment, LinePayment
from tests.edi.shared_data import Sample, needs_samples, samples
from tests.rules import make

PAID_ON = date(2026, 11, 16)
HOME = Address("4 Elm Street", city="Fairview", state="CA", zip_code="945550001")
MEDICAID = NextCoverage(
    Payer("STATE MEDICAID", "SMC01"),
    Subscriber(Person("DELGADO", "ROSA", member_id="MCD777"), "S", filing_indicator="MC"),
)


def cas(*rows: tuple[str, str, str]) -> tuple[Adjustment, ...]:
    return make.adjustments(rows)


def part(
    code: str, charge: str, paid: str, *rows: tuple[str, str, str], **more: object
) -> LinePayment:
    made = LinePayment(
        Procedure(code), Decimal(charge), Decimal(paid), quantity=Decimal(1), adjustments=cas(*rows)
    )
    return replace(made, **more)  # type: ignore[arg-type]


def payment(
    *lines: LinePayment, at_claim: tuple[Adjustment, ...] = (), **more: object
) -> ClaimPayment:
    paid = total(one.paid for one in lines) - adjusted(at_claim)
    made = ClaimPayment(
        "HFM-1", "1", total(one.charge for one in lines), paid, ZERO, "12", "ICN1",
        lines=lines, adjustments=at_claim,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def claim(*lines: dict[str, object]) -> Claim:
    made = make.claim({"lines": list(lines)})
    person = replace(made.subscriber.person, address=HOME)
    subscriber = replace(made.subscriber, person=person, filing_indicator="CI")
    return replace(made, subscriber=subscriber, billing=replace(made.billing, address=HOME))


def answer(of: Claim, *payments: ClaimPayment, **more: object) -> PayerAnswer:
    return PayerAnswer(of.payer, holder_of(of), payments, PAID_ON, **more)  # type: ignore[arg-type]


def built(of: Claim, *payments: ClaimPayment) -> Claim:
    found = next_claim(of, [answer(of, *payments)], MEDICAID)
    assert found.claim is not None, found.problem
    assert out_of_balance(found.claim) == ""
    return found.claim


DELGADO = claim({"code": "99214-25", "charge": "185.00"}, {"code": "20610", "charge": "210.00"})
ROWS = (("CO", "45", "53.00"), ("PR", "1", "50.00"), ("PR", "2", "16.40"))
PAID_DELGADO = payment(
    part("99214", "185.00", "65.60", *ROWS, line_control_number="L1"),
    part("20610", "210.00", "108.80", ("CO", "45", "74.00"), ("PR", "2", "27.20"), line_control_number="L2"),
)  # fmt: skip


def test_delgados_secondary_claim_balances_line_by_line() -> None:
    second = built(DELGADO, PAID_DELGADO)

    [first, other] = [line.adjudications[0] for line in second.lines]
    assert (first.paid, adjusted(first.adjustments)) == (Decimal("65.60"), Decimal("119.40"))
    assert (other.paid, adjusted(other.adjustments)) == (Decimal("108.80"), Decimal("101.20"))
    assert [one.patient_owes for one in (first, other)] == [Decimal("66.40"), Decimal("27.20")]
    [primary] = second.other_coverages
    assert (primary.paid, primary.adjustments) == (Decimal("174.40"), ())
    assert primary.claim_control_number == "ICN1"
    assert second.subscriber.payer_order == "S"
    assert second.payer.payer_id == "SMC01"
    assert second.subscriber.person.member_id == "MCD777"


def test_what_the_answer_says_at_the_claim_stays_there() -> None:
    second = built(DELGADO, replace(PAID_DELGADO, lines=(), adjustments=cas(("PR", "1", "220.60"))))

    [primary] = second.other_coverages
    assert primary.adjustments == cas(("PR", "1", "220.60"))
    assert (primary.paid_on, primary.patient_owes) == (PAID_ON, Decimal("220.60"))
    assert all(not line.adjudications for line in second.lines)


def test_a_split_line_has_one_answer_for_each_part() -> None:
    one = claim({"code": "80050", "charge": "150.00"})
    parts = payment(
        part("80053", "100.00", "60.00", ("CO", "45", "40.00"), submitted=Procedure("80050")),
        part("85025", "50.00", "20.00", ("CO", "45", "30.00"), submitted=Procedure("80050")),
    )

    [line] = built(one, parts).lines

    assert [str(a.procedure) for a in line.adjudications] == ["80053", "85025"]


def test_a_line_without_an_amount_that_the_payer_added_takes_no_line_away() -> None:
    added = part("G8427", "0.00", "0.00")
    with_it = replace(PAID_DELGADO, lines=(*PAID_DELGADO.lines, added))

    second = built(DELGADO, with_it)

    assert second.lines == built(DELGADO, PAID_DELGADO).lines
    paid = part("G8427", "0.00", "25.00", ("OA", "94", "-25.00"))
    told = built(DELGADO, payment(*PAID_DELGADO.lines, paid))
    assert not any(line.adjudications for line in told.lines)  # its money is told at the claim


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"service_from": date(2026, 6, 21)}, id="another day"),
        pytest.param(
            {"procedure": Procedure("99499")}, id="another code, and not which was billed"
        ),
    ],
)
def test_lines_are_told_to_the_next_payer_as_posting_pairs_them(told: dict[str, object]) -> None:
    lines = tuple(replace(one, line_control_number="", **told) for one in PAID_DELGADO.lines)  # type: ignore[arg-type]
    if "service_from" in told:  # posting asks for code, modifiers and charge then
        modified = replace(lines[0], procedure=Procedure("99214", modifiers=("25",)))
        lines = (modified, *lines[1:])

    second = built(DELGADO, replace(PAID_DELGADO, lines=lines))

    assert [line.adjudications[0].paid for line in second.lines] == [
        Decimal("65.60"),
        Decimal("108.80"),
    ]


def test_lines_for_another_day_that_could_be_either_are_told_at_the_claim() -> None:
    two = claim({"code": "97110", "charge": "60.00"}, {"code": "97110", "charge": "60.00"})
    moved = payment(
        *(
            part("97110", "60.00", paid, ("CO", "45", cut), service_from=date(2026, 6, 21))
            for paid, cut in (("40.00", "20.00"), ("10.00", "50.00"))
        )
    )

    assert not any(line.adjudications for line in built(two, moved).lines)


def test_bundled_lines_name_the_line_that_they_were_paid_with() -> None:
    two = claim({"code": "82374", "charge": "100.00"}, {"code": "82435", "charge": "100.00"})
    bundled = payment(
        part("80051", "100.00", "150.00", ("OA", "94", "-100.00"), ("CO", "45", "50.00"), submitted=Procedure("82374")),
        part("80051", "100.00", "0.00", ("OA", "97", "100.00"), submitted=Procedure("82435")),
    )  # fmt: skip

    [first, second] = [line.adjudications[0] for line in built(two, bundled).lines]

    assert (first.bundled_into_line, second.bundled_into_line) == (None, 1)
    assert second.procedure.code == "80051"


def test_a_reversed_and_corrected_answer_counts_once() -> None:
    taken_back = replace(
        PAID_DELGADO, status_code="22", charge=-PAID_DELGADO.charge, paid=-PAID_DELGADO.paid
    )
    corrected = payment(
        part("99214", "185.00", "100.00", ("CO", "45", "53.00"), ("PR", "2", "32.00"), line_control_number="L1"),
        part("20610", "210.00", "108.80", ("CO", "45", "74.00"), ("PR", "2", "27.20"), line_control_number="L2"),
    )  # fmt: skip

    second = built(DELGADO, PAID_DELGADO, taken_back, corrected)

    assert second.other_coverages[0].paid == Decimal("208.80")
    gone = next_claim(DELGADO, [answer(DELGADO, PAID_DELGADO, taken_back)], MEDICAID)
    assert gone.claim is None
    assert "taken its answer back" in gone.problem


def test_the_third_payer_is_told_of_both_before_it() -> None:
    second = built(DELGADO, PAID_DELGADO)
    paid_second = payment(
        part("99214", "185.00", "20.00", ("OA", "23", "118.60"), ("PR", "2", "46.40"), line_control_number="L1"),
        part("20610", "210.00", "0.00", ("OA", "23", "182.80"), ("PR", "2", "27.20"), line_control_number="L2"),
        payer_control_number="ICN2",
    )  # fmt: skip
    third = NextCoverage(
        Payer("THIRD", "T3"), Subscriber(Person("DELGADO", "ROSA", member_id="T"), "T")
    )

    found = next_claim(DELGADO, [answer(DELGADO, PAID_DELGADO), answer(second, paid_second)], third)

    assert found.claim is not None
    assert [o.subscriber.payer_order for o in found.claim.other_coverages] == ["P", "S"]
    assert found.claim.subscriber.payer_order == "T"
    assert out_of_balance(found.claim) == ""
    assert [share.paid for share in prior_shares(found.claim)] == [
        Decimal("85.60"),
        Decimal("108.80"),
    ]
    assert [share.patient_owes for share in prior_shares(found.claim)] == [Decimal("46.40"), Decimal("27.20")]  # fmt: skip


def test_a_payer_that_covers_nothing_is_told_without_an_answer() -> None:
    found = next_claim(DELGADO, [answer(DELGADO, is_not_billed=True)], MEDICAID)

    assert found.claim is not None
    [first] = found.claim.other_coverages
    assert (first.non_covered, first.paid) == (Decimal("395.00"), None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (replace(PAID_DELGADO, charge=Decimal("400.00")), "out of balance"),
        (
            replace(PAID_DELGADO, charge=Decimal("400.00"), paid=Decimal("179.40")),
            "answered a charge",
        ),
    ],
)
def test_what_does_not_balance_is_not_built(wrong: ClaimPayment, words: str) -> None:
    found = next_claim(DELGADO, [answer(DELGADO, wrong)], MEDICAID)

    assert found.claim is None
    assert words in found.problem


def test_a_denial_as_a_duplicate_does_not_hide_the_answer() -> None:
    duplicate = payment(part("99214", "395.00", "0.00", ("OA", "18", "395.00")))

    assert standing_answer([PAID_DELGADO, duplicate]) is PAID_DELGADO


# X12's chains

SENDER = Correspondent("HARBOR", "HARBOR", Contact("Desk", (("TE", "6145550100"),)))
ENVELOPE = Envelope("ZZ", "HARBOR", "ZZ", "SMC01", 1, 1, 1, "T", PAID_ON, "0800", "HARBOR", "SMC01")


def cob_claims() -> Iterator[tuple[Sample, Claim]]:
    """The claims of the collection with an earlier payer's answer in them."""
    for sample in samples():
        if sample.transaction.startswith("837") and sample.status.startswith("valid"):
            for message in read_file(sample.path.read_bytes()).messages:
                if message.is_accepted:
                    for one in message.claims():
                        if any(other.paid is not None for other in one.other_coverages):
                            yield sample, one


def told(one: Claim) -> list[object]:
    """Everything that a claim says of money of earlier payers."""
    return [
        [(o.payer.payer_id, o.paid, o.adjustments) for o in one.other_coverages],
        [
            [
                (a.payer_id, a.paid, a.procedure.code, a.quantity, a.adjustments)
                for a in line.adjudications
            ]
            for line in one.lines
        ],
    ]


@needs_samples
def test_every_published_chain_is_built_as_it_is_published() -> None:
    count = 0
    for sample, one in cob_claims():
        answers = told_answers(one)
        balanced = all(not a.payments[0].difference for a in answers)
        bare = replace(one, lines=tuple(replace(line, adjudications=()) for line in one.lines))

        found = next_claim(bare, answers, NextCoverage(one.payer, one.subscriber))

        assert (found.claim is not None) == balanced, (sample.path, found.problem)
        if found.claim is not None:
            assert told(found.claim) == told(one), sample.path
            count += 1
    assert count >= 4


@needs_samples
def test_the_guides_third_example_leaves_36_89_to_the_patient() -> None:
    chains = [
        (one, next_claim(one, told_answers(one), NextCoverage(one.payer, one.subscriber)))
        for _, one in cob_claims()
        if one.control_number == "26407789" and one.charge == Decimal("79.04")
    ]  # fmt: skip

    assert chains
    for one, found in chains:
        assert found.claim is not None, found.problem
        [first] = found.claim.other_coverages
        assert (first.paid, first.patient_owes) == (Decimal("39.15"), Decimal("36.89"))
        assert total(s.patient_owes or ZERO for s in prior_shares(found.claim)) == Decimal("36.89")
        assert one.other_coverages[0].patient_owes == first.patient_owes


# Any balanced answer

CENTS = st.integers(0, 50_000).map(lambda n: Decimal(n) / 100)
REASONS = st.sampled_from(
    [("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("PR", "3"), ("OA", "23"), ("PI", "A1"), ("CO", "97")]
)  # fmt: skip


@st.composite
def answered(draw: st.DrawFn) -> tuple[Claim, ClaimPayment]:
    """A claim and an answer that balances: parts of lines, amounts at the claim, lines left out."""
    charges = draw(st.lists(CENTS.map(lambda c: c + 1), min_size=1, max_size=4))
    codes = [f"9920{n + 1}" for n in range(len(charges))]
    one = claim(*({"code": c, "charge": str(m)} for c, m in zip(codes, charges, strict=True)))
    lines: list[LinePayment] = []
    for line in one.lines:
        whole = int(line.charge * 100)
        cuts = sorted(draw(st.lists(st.integers(0, whole), max_size=3)))
        edges = [0, *cuts, whole]
        amounts = [Decimal(b - a) / 100 for a, b in pairwise(edges)]
        reasons = [draw(REASONS) for _ in amounts[1:]]
        rows = [(g, r, str(a)) for (g, r), a in zip(reasons, amounts[1:], strict=True)]
        lines.append(
            part(line.procedure.code, str(line.charge), str(amounts[0]), *rows, line_control_number=line.control_number)
        )  # fmt: skip
    paid = total(part_.paid for part_ in lines)
    off = draw(st.integers(0, int(paid * 100))) if draw(st.booleans()) else 0
    group, reason = draw(REASONS)
    at_claim = cas((group, reason, str(Decimal(off) / 100))) if off else ()
    made = payment(*lines, at_claim=at_claim)
    if draw(st.booleans()):
        return one, made
    return one, replace(made, lines=(), adjustments=made.all_adjustments)


@settings(max_examples=60, deadline=None)
@given(answered())
def test_any_balanced_answer_makes_a_claim_that_passes_our_own_checks(
    made: tuple[Claim, ClaimPayment],
) -> None:
    one, paid = made
    second = built(one, paid)
    batch = Batch("B1", PAID_ON, SENDER, Correspondent("STATE MEDICAID", "SMC01"))

    data = write_837p([second], envelope=ENVELOPE, batch=batch)

    found = check(data, levels=frozenset((1, 2, 3)))
    assert [str(f) for m in found.messages for f in m.findings if f.is_error] == []
    [back] = [c for message in read_file(data).messages for c in message.claims()]
    shares = prior_shares(back)
    assert total(share.paid for share in shares) == paid.paid
    denied = total(
        a.amount for a in paid.all_adjustments if a.group is Group.OTHER and a.reason == "23"
    )
    reduced = (
        adjusted(paid.all_adjustments) - adjusted(paid.all_adjustments, Group.PATIENT) - denied
    )
    assert total(share.reduced for share in shares) == reduced
