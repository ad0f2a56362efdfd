"""`cleanclaim post`: simulated and posted to the same cent, resumed without posting twice, exceptions told."""

import argparse
import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.cli import post
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DAY,
    DENIED,
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    bytes_835,
    claim,
    line,
    pay,
    remittance,
)

ONE, TWO, THREE = claim("A1"), claim("A2"), claim("A3")


@pytest.fixture
def run(practice, monkeypatch, capsys):
    """Run the command where three claims are open; answers (exit status, output)."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import setup

    monkeypatch.setattr(setup, "open_django", lambda home, **_: nullcontext())
    with tenant(practice):
        Desk().take(ONE, TWO, THREE)

    def command(*words: object) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.set_defaults(home=None)
        post.add_arguments(parser)
        given = [*(str(word) for word in words), "--posted-on", str(PAID_ON)]
        status = post.run(parser.parse_args(given))
        return status, capsys.readouterr().out

    return command


@pytest.fixture
def file(tmp_path):
    def write(name: str, *values) -> str:
        path = tmp_path / name
        path.write_bytes(bytes_835(*values))
        return str(path)

    return write


def balances(practice: int) -> dict:
    from cleanclaim.apps.shared.ledger.selectors import account_balances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return account_balances()


def kept(practice: int) -> tuple[int, ...]:
    """How many rows there are of what a posting writes."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import MessageFile, Partner
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.models import WorkItem

    with tenant(practice):
        return tuple(
            model.objects.count() for model in (Remittance, MessageFile, Partner, Entry, WorkItem)
        )


def test_simulation_keeps_nothing_and_posting_does_what_it_showed(run, file, practice):
    values = (
        remittance(pay(ONE, TYPICAL), pay(TWO, DENIED, number="ICN2"), trace="T1"),
        remittance(
            pay(ONE, TAKEN_BACK, status="22"),
            pay(ONE, ("90.00", (("CO", "45", "30.00"),))),
            trace="T2",
            plb=(("L6", "INT", "-1.25"), ("WO", "OLD", "4.00")),
        ),
    )
    path = file("two.835", *values)
    before, rows = balances(practice), kept(practice)

    simulated, shown = run(path, "--simulate", "--json")
    assert (balances(practice), kept(practice)) == (before, rows)
    posted, done = run(path, "--json")

    assert (simulated, posted) == (0, 0)
    shown, done = json.loads(shown), json.loads(done)
    for one, other in zip(shown["payments"], done["payments"], strict=True):
        legs = one.pop("legs")
        sums: dict[str, int] = {}
        for leg in legs:
            sums[leg["account"]] = sums.get(leg["account"], 0) + round(float(leg["amount"]) * 100)
        assert {k: f"{v / 100:.2f}" for k, v in sums.items() if v} == one["entries"]
        one.pop("remittance"), other.pop("remittance")
        assert one == other
    assert [one["difference"] for one in done["payments"]] == ["0.00", "0.00"]
    assert [one["state"] for one in done["payments"]] == ["posted", "posted"]


def test_a_second_run_tells_what_is_posted_and_posts_nothing(run, file, practice):
    path = file("one.835", remittance(pay(ONE, TYPICAL)))
    run(path)
    before = balances(practice)

    status, out = run(path)

    assert status == 0
    assert "already" in out and "1 already" in out
    assert balances(practice) == before


def test_a_broken_run_resumes_with_the_payments_that_are_missing(run, file, practice, monkeypatch):
    from cleanclaim.apps.billing.remittances.services import intake

    path = file(
        "two.835",
        remittance(pay(ONE, TYPICAL), trace="T1"),
        remittance(pay(TWO, TYPICAL, number="ICN2"), trace="T2"),
    )
    real, calls = intake.post_remittance, []

    def break_off(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the machine went down")
        return real(*args, **kwargs)

    monkeypatch.setattr(intake, "post_remittance", break_off)
    with pytest.raises(RuntimeError):
        run(path)
    monkeypatch.setattr(intake, "post_remittance", real)

    status, out = run(path, "--json")

    assert status == 0
    assert [one["state"] for one in json.loads(out)["payments"]] == ["already", "posted"]
    assert balances(practice)["asset:remit-clearing"] == 160


def test_what_is_held_is_told_with_its_candidates(run, file):
    stranger = claim("A9")
    path = file("one.835", remittance(pay(stranger, TYPICAL, number="ICN9")))

    status, out = run(path, "--json")

    [payment] = json.loads(out)["payments"]
    assert status == 1
    assert payment["state"] == "posted"
    [held] = payment["claims"]
    assert held["outcome"] == "held" and "no claim here" in held["hold"]
    assert payment["entries"] == {
        "asset:remit-clearing": "80.00",
        "liability:unapplied-cash": "-80.00",
    }
    assert [one["control"] for one in held["candidates"]] == ["A1", "A2", "A3"]
    assert "same patient's name" in held["candidates"][0]["reasons"]


def test_a_provider_adjustment_without_an_account_holds_the_payment(run, file, practice):
    before = balances(practice)
    path = file("one.835", remittance(pay(ONE, TYPICAL), plb=(("B3", "R", "1.00"),)))

    status, out = run(path, "--json")

    [payment] = json.loads(out)["payments"]
    assert (status, payment["state"], payment["entries"]) == (1, "held", {})
    assert "Posting rules" in payment["hold"]
    assert balances(practice) == before


def test_the_same_payment_in_another_file_is_refused(run, file, practice):
    run(file("one.835", remittance(pay(ONE, TYPICAL))))
    before = balances(practice)

    status, out = run(file("again.835", remittance(pay(ONE, TYPICAL))))

    assert status == 1
    assert "refused" in out and "was received before" in out
    assert balances(practice) == before


def test_a_file_that_is_no_835_is_refused_as_a_whole(run, tmp_path, practice):
    rows = kept(practice)
    missing = tmp_path / "none.835"
    with pytest.raises(InputError, match="No such file"):
        run(missing)
    other = tmp_path / "other.x12"
    other.write_bytes(
        b"ISA*00*          *00*          *ZZ*CAHP1          *ZZ*HARBOR         *260701*0000*^*00501*000000007*0*T*:~"
        b"TA1*000000001*260701*0000*A*000~IEA*0*000000007~"
    )

    with pytest.raises(InputError, match="holds no 835"):
        run(other)

    assert kept(practice) == rows


def test_a_file_of_which_a_payment_was_refused_is_no_cleaner_a_second_time(run, file):
    """A payment twice in one file, and one that no account can hold: work says so, and so does every run."""
    first = remittance(pay(ONE, TYPICAL), trace="T1")
    path = file("twice.835", first, first)

    runs = [run(path), run(path), run(path, "--simulate")]

    assert [status for status, _ in runs] == [1, 1, 1]
    assert "message 0002: nothing of it was kept when the file came first" in runs[1][1]
    assert "1 already" in runs[1][1]


def test_a_sum_that_no_account_can_hold_stops_no_other_payment(run, file, practice):
    """A claim of two lines, each answered by a payment of its own."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    both = claim("A4", line(1, "99213", "120.00"), line(2, "85025", "120.00"))
    with tenant(practice):
        Desk().take(both, source_file_id=8)
    most = "999999999999.99"
    huge = (most, (("CO", "45", "-999999999879.99"),))
    parts = [replace(both, lines=(one,), charge=one.charge) for one in both.lines]
    files = [
        file(f"{n}.835", remittance(pay(one, huge, number=f"ICN{n}"), trace=f"H{n}"))
        for n, one in enumerate(parts, 1)
    ]
    good = file("good.835", remittance(pay(TWO, TYPICAL), trace="G"))

    status, out = run(*files, good)

    assert status == 1
    assert "a trillion dollars or more" in out
    assert "posted   trace G" in out


def test_the_day_of_the_books_is_not_the_day_on_which_the_file_came(run, file, practice):
    from django.utils import timezone

    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.tenancy.context import tenant

    run(file("one.835", remittance(pay(ONE, TYPICAL))))

    today = timezone.localdate()
    with tenant(practice):
        kept_one = Remittance.objects.get()
        assert (kept_one.posted_on, kept_one.received_on) == (PAID_ON, today)
        assert {one.dated_on for one in MessageFile.objects.exclude(dated_on=DAY)} == {today}


@pytest.mark.parametrize("most", [0, 2_000])
def test_books_of_a_day_before_payment_and_charge_are_posted_and_looked_at(
    run, file, practice, monkeypatch, most
):
    """Whole, and in parts as a large payment."""
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import intake
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(intake, "MOST_LISTED", most)
    monkeypatch.setattr(parts, "PLACES_AT_ONCE", most or 1)
    late, day = claim("A4"), PAID_ON + timedelta(days=3)
    with tenant(practice):
        Desk().take(late, source_file_id=8, on=day)
    both = remittance(pay(ONE, TYPICAL), pay(late, TYPICAL, number="ICN4"))
    path = file("one.835", replace(both, paid_on=day))

    simulated, shown = run(path, "--simulate")
    status, out = run(path)

    assert (simulated, status) == (1, 1)
    for said in (shown, out):
        assert "posted   trace" in said
        assert (
            f"look: it is posted on {PAID_ON}, before the day of the payment (BPR16), {day}" in said
        )
        assert (
            f"look: claim A4: it is posted on {PAID_ON}, and its charges are in the books since {day}"
            in said
        )
        assert "claim A1: it is posted" not in said


@pytest.mark.parametrize("most", [0, 2_000])
def test_a_closed_month_is_named_with_what_to_do_and_no_entry(
    run, file, practice, monkeypatch, most
):
    from cleanclaim.apps.billing.remittances.services import intake
    from cleanclaim.apps.shared.ledger.services import close_period
    from cleanclaim.apps.shared.tenancy.context import tenant

    monkeypatch.setattr(intake, "MOST_LISTED", most)
    with tenant(practice):
        close_period(PAID_ON, by=9, reason="closed by the test")

    status, out = run(file("one.835", remittance(pay(ONE, TYPICAL), trace="T1")))

    assert status == 1
    [told] = [one for one in out.splitlines() if "is closed" in one]
    assert told.split()[:3] == ["refused", "trace", "T1"]
    assert told.endswith(
        "80.00  the accounting month 2026-07 is closed. Post on a day of an open month, or have two leads open this one "
        "again."
    )
    assert "entry" not in out


@pytest.mark.parametrize("most", [0, 2_000])
@pytest.mark.parametrize("unknown", ["ZX", "L6"])
def test_a_known_adjustment_has_its_account_beside_one_that_holds_the_payment(
    run, file, monkeypatch, most, unknown
):
    """The twin: where none holds, each has its own."""
    from cleanclaim.apps.billing.remittances.services import intake

    monkeypatch.setattr(intake, "MOST_LISTED", most)
    plb = (("WO", "OLD", "4.00"), (unknown, "R", "1.00"))
    path = file("one.835", remittance(pay(ONE, TYPICAL), trace="T1", plb=plb))

    _, words = run(path, "--simulate")
    _, out = run(path, "--json")

    [payment] = json.loads(out)["payments"]
    known, other = payment["provider_adjustments"]
    assert known["account"].startswith("liability:")
    assert f"PLB WO OLD  4.00  {known['account']}" in words
    if unknown == "L6":
        assert other["account"].startswith("income:")
        return
    assert (payment["state"], other["account"]) == ("held", "")
    assert "PLB ZX R  1.00  no account" in words
    assert "ZX has no account here; name it under Posting rules (PLB-ZX, action other)" in words


@pytest.mark.parametrize("how", ["--simulate", "--json"])
def test_a_file_named_twice_is_done_once_and_told_so(run, file, how):
    first = file("one.835", remittance(pay(ONE, TYPICAL), trace="T1", plb=(("ZX", "R", "1.00"),)))
    same = Path(first).with_name("same.835")
    same.write_bytes(Path(first).read_bytes())
    other = file("other.835", remittance(pay(TWO, TYPICAL, number="ICN2"), trace="T2"))

    status, out = run(first, other, first, same, how)

    assert status == 1
    assert out.count("named twice, its bytes are those of one.835: done once") == 2
    assert "came before" not in out
    if how == "--simulate":
        assert "2 payments: 1 posted, 1 held" in out
    else:
        assert [one["state"] for one in json.loads(out)["payments"]] == ["held", "posted"]
