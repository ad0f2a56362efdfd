"""The organization's own days to give back, years until money is unclaimed, days that count together for limits."""

import re
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.adjustments.authority import authority_of
from cleanclaim.apps.billing.adjustments.models import Term, TermKind
from cleanclaim.apps.billing.adjustments.services.together import SUBJECT
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError

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
    kind: str, subject: str, *, length: int, citation: str, valid_from: date, by: int
) -> Term:
    """Keep a term from a day on; an earlier one stays for what was identified before it.

    Medicare's and Medicaid's days are the law's and are not set here.

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
    if not 0 < length <= LONGEST[known]:
        raise InputError(
            f"length {length}: expected 1 to {LONGEST[known]}", hint="Give whole days, or years."
        )
    if not citation.strip():
        raise InputError(
            f"{known.label}, for {subject}: the citation is empty, expected the clause or the law",
            hint="Name where it stands, like contract, section 9.",
        )
    return Term.objects.create(
        kind=known, subject=subject, length=length, citation=citation.strip()[:120],
        valid_from=valid_from, set_by=by,
    )  # fmt: skip
