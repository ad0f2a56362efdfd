"""Which lines of a bank's file are here already."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from django.db.models import Q

from cleanclaim.apps.billing.deposits.models import BankLine
from cleanclaim.apps.billing.deposits.selectors import to_value
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.rules.reconciliation import DAYS_NEARBY, Known, Recognised, Told, seen_before
from cleanclaim.values import bank as values


class Equal(StrEnum):
    """What to do with lines of which nobody can tell whether they came before."""

    ASK = "ask"
    KNOWN = "known"
    NEW = "new"


def line_as_kept(one: values.BankLine) -> values.BankLine:
    """The line as its row holds it, cut where the row is: compared otherwise, it would be another one."""
    return replace(
        one,
        place=one.place[:40],
        code=one.code[:20],
        trace_number=one.trace_number[:50],
        payer_trace_id=one.payer_trace_id[:10],
        text=one.text[:500],
    )


def account_as_kept(account: str) -> str:
    """A statement's account as its row holds it."""
    return account[:40]


def recognise(file: values.BankFile) -> list[Recognised]:
    """One answer for each line of the file, in order."""
    fresh = [
        Told(0, file.form, account_as_kept(statement.account), line_as_kept(line))
        for statement in file.statements
        for line in statement.lines
    ]
    days = {one.line.booked_on for one in fresh}
    if not days:
        return []
    traces = {one.line.trace_number for one in fresh} - {""}
    around = timedelta(days=DAYS_NEARBY)
    rows = BankLine.objects.filter(
        Q(booked_on__gte=min(days), booked_on__lte=max(days))
        | Q(is_one_of("trace_number", sorted(traces))),
        booked_on__gte=min(days) - around,
        booked_on__lte=max(days) + around,
    )
    earlier = [
        Told(row.pk, row.statement.bank_file.form, row.account, to_value(row))
        for row in rows.select_related("statement__bank_file").order_by("id")
        if row.booked_on in days or row.trace_number in traces
    ]
    return seen_before(fresh, earlier)


def decide(
    file: values.BankFile, found: Sequence[Recognised], *, equal: Equal, name: str
) -> list[bool]:
    """Whether each line is known, in order.

    Raises:
        StateError: some are doubtful and nobody has said what they are; the message names them.
    """
    lines = [line for statement in file.statements for line in statement.lines]
    doubtful = [
        (line, one)
        for line, one in zip(lines, found, strict=True)
        if one.known is Known.DOUBTFUL and line.amount
    ]
    if doubtful and equal is Equal.ASK:
        line, one = doubtful[0]
        like = "part of a batch with, or the sum of it:" if one.is_batch else "like"
        raise StateError(
            f"{name}: {counted(len(doubtful), 'line')} may have come before, nothing was taken in; "
            f"{line.place}, {show(line.amount)} of {line.booked_on}, is {like} bank line {one.earlier}",
            hint="Look at it, then bring the file again and say whether such lines are known or new.",
        )
    answers = {Known.NEW: False, Known.KNOWN: True, Known.DOUBTFUL: equal is Equal.KNOWN}
    return [answers[one.known] for one in found]


def line_digests(file: values.BankFile) -> list[str]:
    """A number of its own for each line, in order; no other line here has it, equal ones are counted up."""
    said = [
        json.dumps(
            [
                statement.account, one.booked_on.isoformat(), f"{one.amount:.2f}", one.code,
                one.trace_number, one.payer_trace_id, one.references, one.text,
            ]
        )
        for statement in file.statements
        for one in statement.lines
    ]  # fmt: skip
    seen: Counter[str] = Counter()
    found = []
    for text in said:
        seen[text] += 1
        found.append(_digest(text, seen[text]))
    known = BankLine.objects.filter(is_one_of("digest", found))
    taken = set(known.values_list("digest", flat=True))
    for place, text in enumerate(said):
        while found[place] in taken:
            seen[text] += 1
            found[place] = _digest(text, seen[text])
            if BankLine.objects.filter(digest=found[place]).exists():
                taken.add(found[place])
    return found


def _digest(text: str, number: int) -> str:
    return hashlib.sha256(f"{text} {number}".encode()).hexdigest()
