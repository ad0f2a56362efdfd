"""Runs the cases of reconciliation: deposits, batches, money out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cleanclaim.rules.reconciliation import (
    AwaitedBatch,
    Expected,
    MoneyOut,
    ToldClaim,
    days_around,
    debit_kind,
    explain_debit,
    match_deposits,
    propose_batches,
    tells_again,
)
from cleanclaim.values.bank import BankLine
from tests.rules import make

CENT = Decimal("0.01")


def money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT)


def check_deposits(folder: str, case: Mapping[str, Any]) -> None:
    if "debit" in case:
        check_debit(case)
        return
    if "out" in case:
        check_money_out(case)
        return
    if "credit" in case:
        check_batches(case)
        return
    if "first" in case:
        first, other = (
            [
                ToldClaim(number, status, money(paid), *map(money, charge))
                for number, status, paid, *charge in case[name]
            ]
            for name in ("first", "other")
        )
        assert ("again" if tells_again(first, other) else "apart") == case["then"]
        return
    lines = [
        BankLine(
            money(one["amount"]),
            make.day(str(one["day"])),
            trace_number=one.get("trace", ""),
            payer_trace_id=one.get("payer", ""),
            references=tuple(one.get("references", ())),
            text=one.get("text", ""),
        )
        for one in case["bank"]
    ]
    expected = [
        Expected(
            key,
            one["trace"],
            one["payer"],
            one.get("name", "PLAN"),
            money(one["paid"]),
            make.day(str(one["day"])),
        )
        for key, one in enumerate(case["remittances"], 1)
    ]

    found = match_deposits(lines, expected)

    for match, (state, keys, words, *candidates) in zip(found, case["then"], strict=True):
        assert (match.state, list(match.keys)) == (state, keys)
        assert all(any(word in reason for reason in match.reasons) for word in words)
        shown = [one.keys[0] if len(one.keys) == 1 else list(one.keys) for one in match.candidates]
        assert not candidates or shown == candidates[0]
        likely = list(match.likely.keys) if match.likely else []
        assert "likely" not in case or likely == case["likely"]
        assert match.state != "matched" or len(match.reasons) == 2 + len(words)


def check_batches(case: Mapping[str, Any]) -> None:
    given = case["credit"]
    line = BankLine(money(given["amount"]), make.day(str(given["day"])), text=given.get("text", ""))
    batches = [
        AwaitedBatch(key, money(one["paid"]), make.day(str(one["day"])), one.get("card", False))
        for key, one in enumerate(case["batches"], 1)
    ]

    found = propose_batches(line, batches, left=line.amount)

    assert [[list(one.keys), f"{one.short:.2f}"] for one in found] == [
        [keys, short] for keys, short, _ in case["then"]
    ]
    for one, (_, _, words) in zip(found, case["then"], strict=True):
        assert set(words) <= set(one.reasons)


def check_money_out(case: Mapping[str, Any]) -> None:
    given = case["out"]
    line = BankLine(
        money(given["amount"]),
        make.day(str(given["day"])),
        references=tuple(given.get("references", ())),
        text=given.get("text", ""),
    )
    booked = [
        MoneyOut(
            key,
            money(one["paid"]),
            make.day(str(one["day"])),
            tuple(one.get("numbers", ())),
            one.get("name", ""),
        )
        for key, one in enumerate(case["booked"], 1)
    ]

    found = explain_debit(line, booked, days=given.get("days", days_around(on=line.booked_on)))

    state, keys, words, shown = case["then"]
    assert (found.state, list(found.keys)) == (state, keys)
    assert all(any(word in reason for reason in found.reasons) for word in words)
    assert shown == [
        one.keys[0] if len(one.keys) == 1 else list(one.keys) for one in found.candidates
    ]
    assert "likely" not in case or case["likely"] == (
        list(found.likely.keys) if found.likely else []
    )


def check_debit(case: Mapping[str, Any]) -> None:
    line = BankLine(
        money(case["debit"]["amount"]),
        make.day(str(case["debit"]["day"])),
        code=str(case["debit"].get("code", "")),
        text=case["debit"].get("text", ""),
    )

    found = debit_kind(line, on=line.booked_on)

    assert [found.kind.value, found.reason] == case["then"]
