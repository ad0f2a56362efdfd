"""The organization's own days to give back, years until money is unclaimed, days that count together for limits."""

import re
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.adjustments import work
from cleanclaim.apps.billing.adjustments.authority import authority_of
from cleanclaim.apps.billing.adjustments.models import Term, TermKind
from cleanclaim.apps.billing.adjustments.services.together import SUBJECT
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users import two_persons
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.two_persons import Standing
from cleanclaim.kernel.errors import InputError

PAYER = "payer:"
SUBJECTS = {
    TermKind.REFUND_DAYS: re.compile(r"(payer:[1-9][0-9]{0,17}|program:(commercial|patient))"),
    TermKind.ESCHEAT_YEARS: re.compile(r"state:[A-Z]{2}"),
    TermKind.ALONE_DAYS: re.compile(SUBJECT),
}
EXPECTED = {
    TermKind.REFUND_DAYS: "payer:NUMBER, program:commercial or program:patient",
    TermKind.ESCHEAT_YEARS: "state:CA and the like",
    TermKind.ALONE_DAYS: SUBJECT,
}
LONGEST = {TermKind.REFUND_DAYS: 3650, TermKind.ESCHEAT_YEARS: 30, TermKind.ALONE_DAYS: 366}


@transaction.atomic
def set_term(
    kind: str, subject: str, *, length: int, citation: str, valid_from: date, on: date, by: int
) -> Term:
    """Keep a term from a day on; an earlier one stays for what was identified before it.

    Days that count together for limits wait for a second person: they say how much one person may move alone. Medicare's and Medicaid's days are the law's and are not set here.

    Raises:
        InputError: the kind, whom it is for, its length or its citation is wrong.
        PermissionRefusedError: the person may not issue refunds.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    if kind not in TermKind.values:
        raise InputError(
            f"term {kind[:20]!r}: expected one of {', '.join(TermKind.values)}",
            hint="Choose what the term says.",
        )
    known = TermKind(kind)
    if not SUBJECTS[known].fullmatch(subject):
        raise InputError(
            f"{known.label}, for {subject[:40]!r}: expected {EXPECTED[known]}",
            hint="Medicare's and Medicaid's days are the law's, and are not set.",
        )
    number = subject.removeprefix(PAYER)
    if number != subject and not Payer.objects.filter(pk=int(number)).exists():
        raise InputError(
            f"{known.label}, for {subject}: no such payer here",
            hint="Choose the payer from the list, by its name.",
        )
    if not 0 < length <= LONGEST[known]:
        raise InputError(
            f"length {length}: expected 1 to {LONGEST[known]}", hint="Give whole days, or years."
        )
    if not citation.strip():
        raise InputError(
            f"{known.label}, for {subject}: the citation is empty, expected the clause or the law",
            hint="Name where it stands, like contract, section 9.",
        )
    is_for_two = known is TermKind.ALONE_DAYS
    row = Term.objects.create(
        kind=known, subject=subject, length=length, citation=citation.strip()[:120],
        valid_from=valid_from, set_by=by, state=Standing.PROPOSED if is_for_two else Standing.ALONE,
    )  # fmt: skip
    if is_for_two:
        work.open_term(row, on=on)
    return row


@transaction.atomic
def approve_term(term_id: int, *, on: date, by: int) -> Term:
    """Put days that count together in force as the second person, from their first day or today; or say that those in force were looked at.

    Raises:
        StateError: they are decided.
        PermissionRefusedError: the person proposed them, or may not approve rules.
    """
    authority_of(by, Permission.RULES_APPROVE)
    row = _locked(term_id)
    is_new = row.state == Standing.PROPOSED
    two_persons.approve(row, by=by, maker=row.set_by, name=_name(row))
    if is_new and row.valid_from < on:
        row.valid_from = on
        row.save(update_fields=["valid_from"])
    work.close_term(row, outcome="Approved")
    return row


@transaction.atomic
def refuse_term(term_id: int, *, by: int, words: str) -> Term:
    """Say no to proposed days, with the reason.

    Raises:
        InputError: no reason.
        StateError: they are in force, or decided.
    """
    authority_of(by, Permission.RULES_APPROVE)
    row = _locked(term_id)
    two_persons.refuse(row, by=by, words=words, name=_name(row))
    work.close_term(row, outcome="Refused")
    return row


@transaction.atomic
def withdraw_term(term_id: int, *, by: int) -> Term:
    """Take one's own proposal back.

    Raises:
        StateError: it is in force, decided, or somebody else's.
    """
    row = _locked(term_id)
    two_persons.withdraw(row, by=by, maker=row.set_by, name=_name(row))
    work.close_term(row, outcome="Withdrawn")
    return row


def _locked(term_id: int) -> Term:
    """A term that two persons decide; other kinds count at once and are not decided."""
    return Term.objects.select_for_update().get(pk=term_id, kind=TermKind.ALONE_DAYS)


def _name(row: Term) -> str:
    return f"term {row.pk}"
