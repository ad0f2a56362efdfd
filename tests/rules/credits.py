"""Runs the cases of credits: causes, clocks, escheat."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cleanclaim.rules.credits import CreditFacts, Receipt, classify, due_on, escheat_on
from tests.rules import make


def check(folder: str, case: Mapping[str, Any]) -> None:
    if "clock" in case:
        check_clock(case["clock"], case["then"])
    elif "escheat" in case:
        given = case["escheat"]
        since = make.day(str(given["since"]))
        found = escheat_on(given["state"], since=since, years=given.get("years"))
        assert found == make.day(str(case["then"]))
    else:
        check_cause(case["facts"], case["then"], case.get("refund"))


def check_cause(given: Mapping[str, Any], then: list[Any], refund: str | None) -> None:
    receipts = tuple(
        Receipt(entry, payer, Decimal(amount), *flags)
        for entry, payer, amount, *flags in given["receipts"]
    )
    facts = CreditFacts(
        bool(given.get("patients")),
        *(Decimal(given[name]) for name in ("credit", "charge", "reduced")),
        receipts,
        tuple(given.get("order", ())),
    )

    found = classify(facts)

    assert [found.cause, found.owner, found.payer_id, list(found.proof)] == then
    assert found.words
    assert (found.refund > 0) == bool(found.owner)
    assert refund is None or found.refund == Decimal(refund)


def check_clock(given: Mapping[str, Any], then: Any) -> None:
    days = {name: make.day(str(given[name])) for name in ("began", "ended") if name in given}
    investigated = (days["began"], days.get("ended")) if days else None
    found = due_on(
        given["program"],
        identified_on=make.day(str(given["identified"])),
        investigated=investigated,
        days=given.get("days"),
    )
    assert found.day == make.day(str(then))
    assert found.citation
