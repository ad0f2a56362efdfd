"""Lines of a bank's file that came in an earlier file: by numbers, never by amount alone."""

from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.rules.reconciliation import Told, seen_before
from cleanclaim.values.bank import BankLine

DAY = date(2026, 11, 12)


def told(form: str = "CSV", key: int = 0, account: str = "", amount: str = "80.00", on: date = DAY, **more: object) -> Told:  # fmt: skip
    return Told(key, form, account, BankLine(Decimal(amount), on, **more))


def answers(fresh: list[Told], earlier: list[Told]) -> list[tuple[str, int]]:
    return [(one.known.value, one.earlier) for one in seen_before(fresh, earlier)]


@pytest.mark.parametrize(
    ("fresh", "earlier", "answer"),
    [
        (told(trace_number="T1"), told("BAI2", 7, code="142", trace_number="00T1"), "known"),
        (told(trace_number="T123"), told("BAI2", 7, trace_number="T124"), "new"),
        (told(trace_number="T1", references=("BANK9",)), told(key=7, trace_number="T2", references=("BANK9",)), "new"),
        (told(references=("998877",)), told("BAI2", 7, references=("BK2", "000000998877")), "known"),
        (told(references=("998877",)), told(key=7, references=("998878",)), "new"),
        (told(references=("998877",)), told("BAI2", 7, references=("BK2222",)), "doubtful"),
        (told(text="COUNTER"), told("camt.053", 7, text="DEPOSIT"), "doubtful"),
        (told(text="COUNTER"), told(key=7, text="COUNTER"), "doubtful"),
        (told(text="COUNTER A"), told(key=7, text="COUNTER B"), "new"),
        (told(text="Counter  dep. Caf\u00e9"), told(key=7, text="COUNTER DEP CAF\ufffd"), "doubtful"),
        (told(trace_number="T123", on=date(2026, 11, 13)), told("BAI2", 7, trace_number="00T123"), "doubtful"),
        (told(trace_number="T123", on=date(2026, 11, 22)), told("BAI2", 7, trace_number="T123"), "doubtful"),
        (told(trace_number="T123", on=date(2026, 11, 23)), told("BAI2", 7, trace_number="T123"), "new"),
        (told(account="12345", trace_number="T123", on=date(2026, 11, 13)), told("BAI2", 7, "99999", trace_number="T123"), "new"),
        (told(trace_number="000", on=date(2026, 11, 13)), told("BAI2", 7, trace_number="0"), "new"),
        (told(trace_number="T123", payer_trace_id="1", on=date(2026, 11, 13)), told("BAI2", 7, trace_number="T123", payer_trace_id="2"), "new"),
        (told(text="batch 2", references=("MERCH4471",)), told(key=7, text="batch 1", references=("MERCH4471",)), "doubtful"),
        (told(text="batch 1", references=("MERCH4471",)), told(key=7, text="batch 1", references=("MERCH4471",)), "known"),
        (told(text="2", references=("LOCKBOX",)), told(key=7, text="1", references=("LOCKBOX",)), "new"),
        (told(text="2", trace_number="T2", references=("MERCH4471",)), told(key=7, text="1", references=("MERCH4471",)), "doubtful"),
        (told(text="2", references=("MERCH4471",)), told(key=7, text="1", trace_number="T2", references=("MERCH4471",)), "doubtful"),
        (told(text="2", trace_number="000", references=("MERCH4471",)), told(key=7, text="1", references=("MERCH4471",)), "doubtful"),
        (told(references=("LOCKBOX",)), told("BAI2", 7, references=("LOCKBOX",)), "doubtful"),
        (told(text="COUNTER", amount="80.01"), told("BAI2", 7), "new"),
        (told(text="COUNTER", on=date(2026, 11, 13)), told("BAI2", 7), "new"),
        (told(account="xxxx5678", trace_number="T123"), told("BAI2", 7, "0012345678", trace_number="T123"), "known"),
        (told(account="xxxx0234", trace_number="T123"), told("BAI2", 7, "0012340234", trace_number="T123"), "known"),
        (told(account="0001", trace_number="T123"), told("BAI2", 7, "99990001", trace_number="T123"), "known"),
        (told(account="0000", trace_number="T123"), told("BAI2", 7, "99990001", trace_number="T123"), "new"),
        (told(account="9999", trace_number="T123"), told("BAI2", 7, "0012345678", trace_number="T123"), "new"),
        (told(amount="-80.00", text="FEE"), told("BAI2", 7, amount="80.00"), "new"),
    ],
)  # fmt: skip
def test_numbers_decide_and_an_amount_alone_only_doubts(fresh, earlier, answer):
    assert [known for known, _ in answers([fresh], [earlier])] == [answer]


def test_an_earlier_line_answers_for_one_line_only():
    twice = [told(references=("998877",)), told(references=("998877",))]

    assert answers(twice, [told("BAI2", 7, references=("998877",))]) == [("known", 7), ("new", 0)]


def test_the_line_with_the_number_takes_its_own_before_a_doubtful_one_does():
    fresh = [told(text="COUNTER"), told(trace_number="T123")]
    earlier = [told("BAI2", 7, trace_number="T123"), told("BAI2", 8)]

    assert answers(fresh, earlier) == [("doubtful", 8), ("known", 7)]


def test_a_longer_print_of_a_day_repeats_what_has_no_number():
    morning = [told(key=1, text="COUNTER"), told(key=2, amount="-3.00", text="FEE")]
    evening = [told(text="COUNTER"), told(text="COUNTER"), told(amount="-3.00", text="FEE")]

    assert answers(evening, morning) == [("known", 1), ("new", 0), ("known", 2)]
    assert answers(evening[:1], morning) == [("doubtful", 1)]


PARTS = [told("camt.053", 7, amount="50.00"), told("camt.053", 8, amount="30.00")]


@pytest.mark.parametrize(
    ("fresh", "earlier", "answer"),
    [
        ([told()], PARTS, [("doubtful", 7)]),
        (PARTS, [told(key=9)], [("doubtful", 9)] * 2),
        ([told(amount="80.01")], PARTS, [("new", 0)]),
        ([told("camt.053")], PARTS, [("new", 0)]),  # one form tells one story
        ([told(account="1234")], [told("camt.053", 7, "9999", "50.00"), told("camt.053", 8, "9999", "30.00")], [("new", 0)]),
        ([told(on=date(2026, 11, 13))], PARTS, [("new", 0)]),
        # Only lines beside each other are a batch, and only of one sign.
        ([told()], [PARTS[0], told("camt.053", 8, amount="9.00"), told("camt.053", 9, amount="30.00")], [("new", 0)]),
        ([told()], [told("camt.053", 6, amount="100.00"), told("camt.053", 7, amount="-20.00")], [("new", 0)]),
        ([told("BAI2", amount="-80.00")], [told(key=7, amount="-50.00"), told(key=8, amount="-30.00")], [("doubtful", 7)]),
        # A sum with a trace of its own is no batch of payments with other traces.
        ([told(trace_number="T9")], [told("camt.053", 7, amount="50.00", trace_number="T1"), told("camt.053", 8, amount="30.00")], [("new", 0)]),
        # What is known by itself is no part of a batch.
        ([told(), told(amount="50.00", trace_number="T1")], [told("camt.053", 7, amount="50.00", trace_number="T1"), PARTS[1]], [("new", 0), ("known", 7)]),
        # Two batches of one amount need parts of their own each.
        ([told(), told()], PARTS, [("doubtful", 7), ("new", 0)]),
    ],
)  # fmt: skip
def test_a_batch_told_as_one_sum_and_as_its_parts_is_doubtful(fresh, earlier, answer):
    assert answers(fresh, earlier) == answer


def test_without_the_look_at_sums_a_batch_is_new(monkeypatch):
    """The twin."""
    monkeypatch.setitem(seen_before.__globals__, "_doubt_batches", lambda *_: None)

    assert answers([told()], PARTS) == [("new", 0)]
