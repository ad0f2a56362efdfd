"""What the page of a bank line says of money out."""

from typing import Any

from django.http import HttpRequest

from cleanclaim.apps.billing.deposits import debits
from cleanclaim.apps.billing.deposits.debit_sources import described
from cleanclaim.apps.billing.deposits.models import BankLine
from cleanclaim.apps.billing.deposits.transfers import partners_of
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import signed_in
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


def debit_context(request: HttpRequest, row: BankLine) -> dict[str, Any]:
    """What a line's page says of money out: what may explain it, what does, and who said so."""
    explained = debits.explanations_of(row)
    told = described([one.entry_id for one in explained if one.stands])
    context: dict[str, Any] = {
        "explanations": [(one, told.get(one.entry_id)) for one in explained],
        "has_act": any(one.stands and one.made_here and one.entry_id in told for one in explained),
        "partners": partners_of(row),
        "explained_names": {None: "the system"}
        | names_of([by for one in explained for by in (one.by, one.undone_by)]),
        "may_undo_debit": any(one.stands for one in explained) or debits.is_fee_by_rule(row),
        "is_fee_by_rule": debits.is_fee_by_rule(row),
        "is_open_debit": debits.is_open_debit(row),
    }
    if not debits.is_open_debit(row):
        return context
    view = debits.view_of(row, days=_asked(request))
    record_audit("read", patient_ids=view.patient_ids, by=signed_in(request).pk, what="bank line")
    likely = debits.likely_of(view.match)
    return context | {
        "debit": view,
        "debit_likely": likely,
        "debit_choices": [(one, view.entries(one)) for one in view.match.candidates],
        "debit_acts": [one for one in view.acts if request.can(one.source.permission)],
    }


def _asked(request: HttpRequest) -> int | None:
    text = request.GET.get("days", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise InputError(f"days {text[:10]!r}: expected a whole number")
    return int(text)
