"""What happened to a case: received, decided, reversed; apps above add their own moments (paid)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.urls import reverse

from cleanclaim.apps.payer.adjudication.models import CaseDecision, DecisionKind
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.pages.parts import Moment, Tone
from cleanclaim.kernel.money import show

Source = Callable[[int], Sequence[Moment]]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Have `source(case_id)` tell its moments on the page of a case; in the owning app's `ready()`."""
    if source not in _sources:
        _sources.append(source)


def moments_of(
    case: ClaimCase, decisions: Sequence[CaseDecision], names: Mapping[int, str], *, links: bool
) -> list[Moment]:
    """The case's timeline, oldest first. `names` are users' names by id; `links` = files may be opened."""
    moments = [_received(case, links=links)]
    moments += [_decided(decision, names) for decision in decisions]
    for source in _sources:
        moments += source(case.pk)
    return sorted(moments, key=_day)


def _day(moment: Moment) -> date:
    day: date = moment.day
    return day


def _received(case: ClaimCase, *, links: bool) -> Moment:
    what = {"7": "Corrected claim", "8": "Void claim"}.get(case.frequency_code, "Claim")
    if case.state == CaseState.REJECTED:
        words = f"Rejected at the front end: {case.reject_words}"
        tone: Tone = "act"
    else:
        words = f"{what} received, our number {case.icn or 'none'}"
        tone = ""
    href = reverse("exchange:file", args=[case.file_id]) if links and case.file_id else ""
    shown = [("837", href)] if href else []
    if case.original_id:
        shown.append(("the original", reverse("cases:page", args=[case.original_id])))
    return Moment(case.received_on, words, tone, shown)


def _decided(decision: CaseDecision, names: Mapping[int, str]) -> Moment:
    words, tone = _what(decision)
    who = names.get(decision.by) if decision.by else None
    if who:
        words += f", by {who}"
    if decision.note:
        words += f": {decision.note}"
    query = f"?decision={decision.number}"
    href = reverse("cases:page", args=[decision.case_id]) + query
    return Moment(decision.decided_on, words, tone, [(f"decision {decision.number}", href)])


def _what(decision: CaseDecision) -> tuple[str, Tone]:
    if decision.kind == DecisionKind.REVERSAL:
        return f"Reversed: {show(decision.paid)} taken back", "act"
    if decision.outcome == "pend":
        return "Pended: waits for a person", "act"
    if decision.outcome == "deny":
        return "Denied", "act"
    if decision.outcome == "inform":
        return "Noted, nothing is paid", ""
    paid = decision.paid + decision.paid_to_member
    return f"Decided: pays {show(paid)} of {show(decision.charge)}", "good"
