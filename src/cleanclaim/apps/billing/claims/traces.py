"""Why an amount is what it is: the legs behind it with entry ids, and the payer's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.claims import selectors
from cleanclaim.apps.billing.claims.amounts import COLUMNS
from cleanclaim.apps.billing.claims.answers import PaymentAnswer
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.ledger.selectors import EntryView, entries_of_claim
from cleanclaim.apps.shared.users.access import AsOf
from cleanclaim.codes import adjustment_reasons, remark_codes
from cleanclaim.kernel.money import ZERO

TITLES = {
    "charge": "Charged",
    "paid": "Paid",
    "prior_paid": "Paid by earlier payers",
    "contractual": "Contract adjustment",
    "other": "Other reductions",
    "patient_owes": "Patient owes",
    "patient_paid": "Patient paid",
    "open_amount": "Open with the payer",
    "allowed": "Allowed",
    "adjusted": "Adjusted",
}
# What each shown figure is made of: (column of the amounts, sign).
_PARTS = {
    **{name: ((name, 1),) for name in COLUMNS},
    "paid": (
        ("charge", 1),
        ("prior_paid", -1),
        ("contractual", -1),
        ("other", -1),
        ("patient_owes", -1),
        ("patient_paid", -1),
        ("open_amount", -1),
    ),
    "allowed": (("charge", 1), ("contractual", -1), ("other", -1), ("open_amount", -1)),
    "adjusted": (("contractual", 1), ("other", 1)),
}
GROUPS = {
    "CO": "contract",
    "PR": "the patient's",
    "OA": "other",
    "PI": "payer's own reduction",
    "CR": "correction",
}


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: what, its figure, small print, and the ledger's entry (0 = none)."""

    words: str
    amount: Decimal | None
    note: str = ""
    entry_id: int = 0


@dataclass(frozen=True, slots=True)
class Trace:
    """The steps and what they come to."""

    title: str
    note: str
    steps: tuple[TraceStep, ...]
    total_words: str
    total: Decimal


def reason_words(reason: str) -> str:
    """A leg's reason (`CO-45`, `paid`) as people say it."""
    group, _, code = reason.partition("-")
    if code and group in GROUPS:
        said = adjustment_reasons.words(code)
        return f"{said} {reason}" if said else f"{GROUPS[group].capitalize()} {reason}"
    return {"paid": "Paid by the payer", "": "Charge"}.get(reason, reason.capitalize())


def trace_amount(
    claim: Claim,
    name: str,
    *,
    line_number: int | None,
    as_of: AsOf,
    answers: Sequence[PaymentAnswer] = (),
    entries: Sequence[EntryView] | None = None,
) -> Trace:
    """The trace of one figure of the claim page, of one line or of the whole claim.

    `entries` are the claim's as of the same dates, where the caller has read them already.

    Raises:
        KeyError: no such figure.
    """
    parts = _PARTS[name]
    if entries is None:
        entries = entries_of_claim(
            claim.pk, effective_on=as_of.effective_on, recorded_by=as_of.recorded_by
        )
    traces = {
        column: selectors.amount_trace(entries, column, line_number=line_number)
        for column, _ in parts
    }
    is_open_alone = name == "open_amount"
    steps: list[TraceStep] = []
    for column, sign in parts:
        trace = traces[column]
        if column == "open_amount" and not is_open_alone:
            if trace.total:
                steps.append(TraceStep("Still open with the payer", sign * trace.total))
            continue
        steps.extend(_step(one, sign, column) for one in trace.lines)
    total = sum((step.amount for step in steps if step.amount is not None), ZERO)
    where = f" on line {line_number}" if line_number else ""
    if is_open_alone and total:
        steps.extend(_said(answers, line_number))
    return Trace(
        title=f"Why {total:,.2f}{where}",
        note=_note(answers),
        steps=tuple(steps),
        total_words=TITLES[name],
        total=total,
    )


def _step(line: selectors.TraceLine, sign: int, column: str) -> TraceStep:
    _, _, reason = line.words.partition(": ")
    words = reason_words(reason)
    if column == "charge":
        words = "Charge" if line.amount > 0 else "Charge taken back"
    elif reason == "paid" and column == "open_amount":
        words = "Paid by the payer"
    elif not reason:
        words = {"open_amount": "Charge"}.get(column, line.words)
    place = f"line {line.line_number}, " if line.line_number else ""
    kind = line.kind.replace("-", " ")
    return TraceStep(words, sign * line.amount, f"{place}{kind} of {_day(line.on)}", line.entry_id)


def _said(answers: Sequence[PaymentAnswer], line_number: int | None) -> list[TraceStep]:
    """The payer's reasons for what it left open; they moved no money, so they carry no figure."""
    found = []
    for answer in answers[-1:]:
        for line in answer.lines:
            if line_number is not None and line.line_number != line_number:
                continue
            source = f"line {line.line_number}, {answer.payer_name}, trace {answer.trace}"
            for code, amount in line.adjustments:
                words = f"The payer says: {reason_words(code)}"
                found.append(TraceStep(words, None, f"{amount:,.2f}, {source}", answer.entry_id))
            for code in line.remarks:
                words = f"The payer remarks: {remark_codes.words(code)} {code}".replace("  ", " ")
                found.append(TraceStep(words, None, source))
    return found


def _note(answers: Sequence[PaymentAnswer]) -> str:
    return f"answered {_day(answers[-1].on)}" if answers else "not answered yet"


def _day(on: date) -> str:
    return f"{on:%b} {on.day}"
