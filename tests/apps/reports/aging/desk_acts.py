"""What the people of a money desk do, each act in a database transaction of its own: what a history is made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from tests.apps.billing.adjustments.people import PATIENT, PAYER, person
from tests.apps.billing.adjustments.test_refunds import SECONDARY, bank
from tests.apps.billing.conftest import Desk
from tests.apps.billing.keying.paper import Paper
from tests.apps.billing.opening.test_opening import load
from tests.apps.billing.world import DENIED, TYPICAL, claim, line, pay, remittance

FIRST = date(2026, 6, 20)  # of service
ANSWERS = {
    "paid": TYPICAL,
    "denied": DENIED,
    "to the patient": ("0.00", (("PR", "1", "120.00"),)),
    "short": ("60.00", (("CO", "45", "30.00"), ("CO", "197", "30.00"))),
    "too much": ("150.00", (("CO", "45", "-30.00"),)),
}
_numbers = count(1)


class Acts:
    """One practice's desk. An act that the rules refuse changes nothing and is passed over."""

    def __init__(self, organization: int) -> None:
        from cleanclaim.apps.shared.tenancy.context import tenant

        self.organization, self.desk = organization, Desk()
        with tenant(organization):
            names = ("Ana", "Lee", "Max")
            self.ana, self.lee, self.max = (
                person(organization, f"{name} {organization}".replace(" ", "-"), "Billing lead") for name in names
            )  # fmt: skip
        self.claims: list[tuple[int, Any]] = []  # id, value
        self.answered: list[tuple[Any, str]] = []  # by its first payer: the claim's value, how

    def do(self, name: str, which: int, on: date) -> bool:
        """Do one act on what `which` chooses, booked on a day; whether anything was done."""
        from cleanclaim.apps.shared.tenancy.context import tenant

        try:
            with tenant(self.organization):
                return ACTS[name](self, which, on) is not False
        except (InputError, PermissionRefusedError, StateError):
            return False

    def rows(self, model: str, **wanted: Any) -> list[Any]:
        from django.apps import apps

        return list(apps.get_model(model).objects.filter(**wanted).order_by("id"))

    def one(self, which: int, model: str, **wanted: Any) -> Any:
        """One of the rows; the act is passed over where there is none."""
        rows = self.rows(model, **wanted)
        if not rows:
            raise Nothing(model)
        return rows[which % len(rows)]

    def moved(self, on: date, account: str, *, credit: bool = False) -> list[tuple[int, Decimal]]:
        """Items with something on an account: (item, amount)."""
        from cleanclaim.apps.shared.ledger.selectors import item_balances

        items = [row.pk for row in self.rows("ledger.Item")]
        found = item_balances(items) if items else {}
        return [
            (item, amount)
            for (item, code), amount in sorted(found.items())
            if code == account and (amount < 0 if credit else amount > 0)
        ]

    def item(self, which: int, account: str, on: date) -> tuple[int, Decimal]:
        found = self.moved(on, account)
        if not found:
            raise Nothing(account)
        return found[which % len(found)]


class Nothing(StateError):
    """There is nothing that the act could be done to."""


def visit(acts: Acts, which: int, on: date) -> None:
    number = next(_numbers)
    one = claim(f"V{number}", line(service_from=FIRST + timedelta(days=which)))
    [claim_id] = acts.desk.take(one, source_file_id=10_000 + number, on=on)
    acts.claims.append((claim_id, one))


def _answer(
    acts: Acts, which: int, on: date, *payments: Any, payer: Any = None, **more: Any
) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from tests.apps.billing.world import receive_835

    value = replace(
        remittance(*payments, trace=f"T{next(_numbers)}", **more), paid_on=on, produced_on=on
    )
    if payer is not None:
        value = replace(value, payer=payer, payer_trace_id="1440000003")
    received = receive_remittances(receive_835(value), received_on=on)
    for one in received.ids:
        # Booked some days after it counts: into the next month, too.
        post_remittance(one, posted_on=on + timedelta(days=which % 40), by=acts.ana)


def _claim(acts: Acts, which: int) -> Any:
    if not acts.claims:
        raise Nothing("claim")
    return acts.claims[which % len(acts.claims)][1]


def answer(acts: Acts, which: int, on: date) -> None:
    words = list(ANSWERS)[which % len(ANSWERS)]
    one = _claim(acts, which // 3)
    _answer(acts, which, on, pay(one, ANSWERS[words], number=f"I{one.control_number}"))
    acts.answered.append((one, words))


def second_payment(acts: Acts, which: int, on: date) -> None:
    """Another payer pays as if it were the first: a credit."""
    one = _claim(acts, which)
    _answer(acts, which, on, pay(one, TYPICAL, number=f"S{one.control_number}"), payer=SECONDARY)


def payers_correction(acts: Acts, which: int, on: date) -> None:
    """The payer takes its answer back and gives another one, in one payment; what is left is owed to it."""
    if not acts.answered:
        raise Nothing("answer")
    one, was = acts.answered[which // 2 % len(acts.answered)]
    words = ("paid", "short")[which % 2]
    back = pay(one, _negative(ANSWERS[was]), number=f"I{one.control_number}", status="22")
    again = pay(one, ANSWERS[words], number=f"I{one.control_number}")
    kept = Decimal(ANSWERS[was][0]) - Decimal(ANSWERS[words][0])
    plb = (("FB", "F1", f"-{kept}"),) if kept > 0 else ()
    _answer(acts, which, on, back, again, plb=plb)
    acts.answered.append((one, words))


def _negative(answered: Any) -> Any:
    paid, reductions = answered
    return str(-Decimal(paid)), tuple(
        (group, code, str(-Decimal(one))) for group, code, one in reductions
    )


def withheld(acts: Acts, which: int, on: date) -> None:
    """A payer keeps back what it is owed on another claim (PLB WO)."""
    other = claim(f"V{next(_numbers)}", line())
    acts.claims.append(
        (acts.desk.take(other, source_file_id=10_000 + next(_numbers), on=on)[0], other)
    )
    one = _claim(acts, which)
    number = ("I", "S")[which % 2] + one.control_number
    payer = SECONDARY if which % 2 else None
    paid = pay(other, TYPICAL, number=f"W{other.control_number}")
    _answer(acts, which, on, paid, plb=(("WO", number, "80.00"),), payer=payer)


def take_posting_back(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    row = acts.one(which, "remittances.Remittance", state="posted")
    reverse_posting(row.pk, on=on, reason="wrong", by=acts.lee)


def take_claim_back(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.remittances.services import reverse_place

    row = acts.one(which, "remittances.RemittanceClaim", remittance__state="posted")
    reverse_place(row.remittance_id, row.position, on=on, reason="wrong", by=acts.lee)


def post_again(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance

    row = acts.one(which, "remittances.Remittance", state="reversed")
    post_remittance(row.pk, posted_on=on, by=acts.lee)


ADJUSTMENTS = (
    ("courtesy", PATIENT), ("denial", PAYER), ("to_patient", PAYER), ("to_payer_1", PATIENT),
    ("to_payer_2", PAYER), ("to_agency", PATIENT), ("courtesy", "receivable:agency"),
)  # fmt: skip


def adjust(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments.services import Move, Request, request_adjustment

    code, account = ADJUSTMENTS[which % len(ADJUSTMENTS)]
    item, amount = acts.item(which // 2, account, on)
    part = amount if which % 3 else (amount / 2).quantize(Decimal("0.01"))
    request_adjustment(Request(code, (Move(item, account, part),), "n"), on=on, by=acts.ana)


def approve(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments.services import approve_adjustment

    row = acts.one(which, "adjustments.Adjustment", state="waiting")
    approve_adjustment(row.pk, on=on, by=acts.lee)


def undo_adjustment(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments import services

    row = acts.one(which, "adjustments.Adjustment", state="posted")
    services.undo_adjustment(row.pk, words="w", on=on, by=acts.lee)


def bad_debt(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments.services import Move, recommend_bad_debt

    item, amount = acts.item(which, PATIENT, on)
    late = on + timedelta(days=200)
    row = recommend_bad_debt(
        [Move(item, PATIENT, amount)], letters=3, calls=2, note="no answer", on=late, by=acts.ana
    )
    if which % 3:
        from cleanclaim.apps.billing.adjustments.services import approve_adjustment

        approve_adjustment(row.pk, on=late, by=acts.lee)


def recover(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments.services import Part, recover_bad_debt

    item, amount = acts.item(which, "contra:bad-debt", on)
    part = min(amount, Decimal(which + 1))
    recover_bad_debt([Part(item, "", part)], note="paid", on=on + timedelta(days=201), by=acts.ana)


def small_balances(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments import services

    rule, late = services.Rule(Decimal("400.00"), 30, 1), on + timedelta(days=60)
    seal = services.preview(rule, on=late).seal
    services.write_off_small(rule, seal=seal, on=late, by=acts.lee)


def reapply(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments.services import Part, reapply_payment

    legs = acts.rows("ledger.Leg", account=PATIENT, entry__kind="receipt", entry__reversals=None)
    if not legs:
        raise Nothing("leg")
    leg = legs[which % len(legs)]
    target, owed = acts.item(which // 2, PATIENT, on)
    part = min(-leg.amount, owed)
    reapply_payment(
        leg.entry_id, off=[Part(leg.item_id, PATIENT, part)], onto=[Part(target, PATIENT, part)],
        note="wrong item", on=on, by=acts.lee,
    )  # fmt: skip


def receipt(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.receipts.services import take

    patient = acts.one(which, "patients.Patient")
    kind, method = ("payment", "prepayment", "copay")[which % 3], ("check", "card")[which % 2]
    take(
        patient.pk, amount=Decimal(5 + which * 3), kind=kind, method=method, on=on, by=acts.ana,
        reference=str(next(_numbers)),
    )  # fmt: skip


def apply_receipt(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.receipts.services import apply

    apply(acts.one(which, "receipts.Receipt", state="kept").pk, on=on, by=acts.ana)


def receipt_returned(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.receipts.services import return_receipt

    row = acts.one(which, "receipts.Receipt", state="kept")
    kind = "chargeback" if row.method == "card" else "nsf"
    return_receipt(row.pk, kind=kind, on=on, by=acts.lee, fee=Decimal(which))


def receipt_void(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.receipts.services import void

    void(acts.one(which, "receipts.Receipt", state="kept").pk, on=on, by=acts.lee, reason="slip")


def refund_asked(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.adjustments import services
    from cleanclaim.apps.billing.adjustments.credits import credits

    found = credits(on=on)
    if not found:
        raise Nothing("credit")
    row = services.identify_credit(found[which % len(found)].key, on=on, by=acts.ana)
    services.request_refund(row.pk, on=on, by=acts.ana)


def refund_step(acts: Acts, which: int, on: date) -> None:
    """A case one step on: approved, issued, cleared, stopped, come back, cancelled or taken back by its payer."""
    from cleanclaim.apps.billing.adjustments import services

    row = acts.one(which // 3, "adjustments.Refund")
    who: dict[str, Any] = {"on": on, "by": acts.max}
    steps: dict[str, list[Callable[[], Any]]] = {
        "waiting": [
            lambda: services.approve_refund(row.pk, on=on, by=acts.lee),
            lambda: services.settle_by_takeback(row.pk, **who),
        ],
        "approved": [
            lambda: services.issue_refunds([row.pk], method="check", bank=bank(), **who),
            lambda: services.settle_by_takeback(row.pk, **who),
            lambda: services.cancel_refund(row.pk, words="w", **who),
        ],
        "issued": [
            lambda: services.clear_refund(row.pk, **who),
            lambda: services.stop_refund(row.pk, words="lost", **who),
            lambda: services.refund_came_back(row.pk, kind="undeliverable", words="moved", **who),
        ],
        "cleared": [lambda: services.refund_came_back(row.pk, kind="returned", words="R03", **who)],
    }
    ways = steps.get(row.state)
    if not ways:
        raise Nothing(row.state)
    ways[which % len(ways)]()


def opening(acts: Acts, which: int, on: date) -> None:
    """Balances of a former system, by two persons."""
    from cleanclaim.apps.billing.opening.services import post_load

    post_load(load(by=acts.ana), by=acts.lee)


def opening_undone(acts: Acts, which: int, on: date) -> None:
    from cleanclaim.apps.billing.opening.undoing import ask_undo, undo_load

    row = acts.one(which, "opening.OpeningLoad", state="posted")
    ask_undo(row.pk, by=acts.lee, reason="wrong day")
    undo_load(row.pk, by=acts.max, on=on)


def paper(acts: Acts, which: int, on: date) -> None:
    """An EOB keyed by hand; where its posting was taken back it is keyed anew."""
    from cleanclaim.apps.billing.keying.services import correct_batch

    if not acts.claims:
        raise Nothing("claim")
    claim_id, _ = acts.claims[which % len(acts.claims)]
    hand = Paper(acts.desk)
    back = [row for row in acts.rows("keying.Batch", state="posted")
            if acts.rows("remittances.Remittance", pk=row.remittance_id, state="reversed")]  # fmt: skip
    if back:
        batch, number = correct_batch(back[0].pk, by=None).pk, 1
    else:
        batch, number = hand.open("80.00", number=str(next(_numbers)), paid_on=on), 0
    hand.line(batch, claim_id, "80", ["CO", "45", "30"], ["PR", "3", "10"], number=number)
    hand.post(batch, on=on)


ACTS: dict[str, Callable[[Acts, int, date], object]] = {
    one.__name__.replace("_", " "): one
    for one in (
        visit, answer, second_payment, payers_correction, withheld, take_posting_back, take_claim_back,
        post_again, adjust, approve, undo_adjustment, bad_debt, recover, small_balances, reapply, receipt,
        apply_receipt, receipt_returned, receipt_void, refund_asked, refund_step, opening, opening_undone, paper,
    )
}  # fmt: skip
