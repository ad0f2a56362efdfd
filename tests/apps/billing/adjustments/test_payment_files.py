"""Payment files read back by a reader of their own, which knows only what the bank's rules say."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanclaim.apps.billing.adjustments.payment_files import (
    Bank,
    Payment,
    ach_file,
    check_register,
    settles_on,
)
from cleanclaim.kernel.errors import InputError, StateError

BANK = Bank("011000015", "778120", "1310000001", "Harbor Family", "First Harbor")
FRIDAY = date(2026, 11, 20)
ROUTINGS = ("021000021", "011000015", "322271627", "026009593")


def payment(number: str = "R1-1", **more) -> Payment:
    given = {"name": "Maria Gomez", "amount": Decimal("312.50"), "is_company": False, "routing": "021000021", "account": "654321"}  # fmt: skip
    return Payment(number, **(given | more))


def read_nacha(data: bytes) -> list[tuple[str, str, str, int, str, str]]:
    """The credits of a file, every count, sum and hash of which was worked out anew: fixed places, nothing of the writer."""
    assert data.endswith(b"\r\n")
    records = data.decode("ascii").split("\r\n")[:-1]
    assert {len(one) for one in records} == {94}
    assert len(records) % 10 == 0
    assert records[0][:3] == "101" and records[0][34:37] == "094" and records[0][37:39] == "10"
    found, batches, traces = [], [], []
    place = 1
    while records[place][0] == "5":
        header, entries = records[place], []
        assert header[1:4] == "220" and header[50:53] in ("PPD", "CCD") and header[4:20].strip()
        place += 1
        while records[place][0] == "6":
            entries.append(records[place])
            assert records[place][78] == "0"  # no addenda follow
            place += 1
        control = records[place]
        assert control[:4] == "8220"
        assert int(control[4:10]) == len(entries) > 0
        assert int(control[10:20]) == sum(int(one[3:11]) for one in entries) % 10**10
        assert int(control[20:32]) == 0
        assert int(control[32:44]) == sum(int(one[29:39]) for one in entries)
        assert control[44:54] == header[40:50]
        assert control[79:94] == header[79:94]
        assert int(header[87:94]) == len(batches) + 1
        batches.append((entries, header))
        place += 1
        for one in entries:
            digits = [int(digit) for digit in one[3:12]]
            assert sum(d * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0
            assert one[79:87] == header[79:87]
            traces.append(int(one[87:94]))
            found.append((header[50:53], one[1:3], one[3:12] + one[12:29].rstrip(), int(one[29:39]), one[54:76].rstrip(), header[69:75]))  # fmt: skip
    last = records[place]
    entries = [one for chosen, _ in batches for one in chosen]
    assert last[0] == "9" and int(last[1:7]) == len(batches)
    assert int(last[7:13]) * 10 == len(records)
    assert int(last[13:21]) == len(entries)
    assert int(last[21:31]) == sum(int(one[3:11]) for one in entries) % 10**10
    assert (int(last[31:43]), int(last[43:55])) == (0, sum(int(one[29:39]) for one in entries))
    assert all(one == "9" * 94 for one in records[place + 1 :])
    assert traces == sorted(set(traces))
    return found


payments = st.lists(
    st.builds(
        payment,
        number=st.integers(1, 10**9).map(lambda n: f"R{n}-1"),
        name=st.text(max_size=40),
        amount=st.integers(1, 9_999_999_999).map(lambda cents: Decimal(cents) / 100),
        is_company=st.booleans(),
        routing=st.sampled_from(ROUTINGS),
        account=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 -]{0,15}[0-9]", fullmatch=True),
        is_savings=st.booleans(),
    ),
    min_size=1,
    max_size=45,
)


@given(payments=payments, on=st.dates(date(2024, 1, 1), date(2031, 12, 31)))
def test_any_transfer_file_is_what_the_bank_asks_for(payments, on):
    found = read_nacha(ach_file(payments, bank=BANK, on=on))

    ordered = [p for kind in (False, True) for p in payments if p.is_company is kind]
    assert [(kind, code, where, cents) for kind, code, where, cents, _, _ in found] == [
        (
            "CCD" if p.is_company else "PPD",
            "32" if p.is_savings else "22",
            p.routing + p.account.upper().rstrip(),
            int(p.amount * 100),
        )
        for p in ordered
    ]
    assert len({one[5] for one in found}) == 1


@pytest.mark.parametrize(
    ("made", "effective"),
    [
        (FRIDAY, "261120"),
        (date(2026, 11, 21), "261123"),  # a Saturday
        (date(2026, 11, 26), "261127"),  # Thanksgiving
        (date(2027, 7, 4), "270706"),  # a Sunday holiday, kept on the Monday
        (date(2026, 12, 25), "261228"),  # a Friday holiday before a weekend
    ],
)
def test_a_transfer_takes_effect_when_banks_settle(made, effective):
    [one] = read_nacha(ach_file([payment()], bank=BANK, on=made))

    assert one[5] == effective == f"{settles_on(made):%y%m%d}"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"account": ""}, "account ''"),
        ({"account": "123456789012345678"}, "expected 1 to 17"),
        ({"account": "12;34"}, "expected 1 to 17"),
        ({"account": "１２３"}, "expected 1 to 17"),
        ({"routing": "0210000210"}, "nine digits that check"),
        ({"routing": "021000022"}, "nine digits that check"),
        ({"amount": Decimal("100000000.00")}, r"carries 99,999,999\.99 at most"),
    ],
)
def test_a_wrong_account_is_refused_and_never_cut(wrong, said):
    with pytest.raises(InputError, match=said):
        ach_file([payment("R1-1"), payment("R2-1", **wrong)], bank=BANK, on=FRIDAY)


@pytest.mark.parametrize("missing", ["name", "company_id"])
def test_a_file_of_nobody_is_refused(missing):
    from dataclasses import replace

    with pytest.raises(InputError, match="empty, expected both"):
        ach_file([payment()], bank=replace(BANK, **{missing: " "}), on=FRIDAY)


def test_the_second_file_of_a_day_is_another_one():
    files = [ach_file([payment()], bank=BANK, on=FRIDAY, earlier=n) for n in (0, 1, 26, 35)]

    assert [chr(one[33]) for one in files] == ["A", "B", "0", "9"]
    with pytest.raises(StateError, match="36 transfer files"):
        ach_file([payment()], bank=BANK, on=FRIDAY, earlier=36)


def test_names_lose_their_accents_not_their_letters():
    [one] = read_nacha(ach_file([payment(name="José Núñez-Ångström 李")], bank=BANK, on=FRIDAY))

    assert one[4] == "JOSE NUNEZ-ANGSTROM ?"


@given(payments=payments)
def test_any_check_register_adds_up(payments):
    rows = list(csv.reader(io.StringIO(check_register(payments, on=FRIDAY).decode(), newline="")))

    assert rows[-1] == ["TOTAL", str(len(payments)), f"{sum(p.amount for p in payments):.2f}"]
    assert [Decimal(row[2]) for row in rows[1:-1]] == [p.amount for p in payments]
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row)


def test_an_id_at_the_bank_that_would_be_cut_is_refused():
    bank = Bank("011000015", "778120", "13100000012", "Harbor Family")

    with pytest.raises(InputError, match="company's id at the bank '13100000012': expected ten"):
        ach_file([payment()], bank=bank, on=FRIDAY)
