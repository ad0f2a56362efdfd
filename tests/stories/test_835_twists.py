"""Every twist of an 835 through three doors: a command's, the page and the API say and post the same to the cent.

Each file comes onto open claims of its own. What was simulated is what is posted; clearing moves by exactly what was
paid, so that the deposit leaves nothing; the ledger and its proof agree; and taken back whole, all is as it was before.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.kernel.money import total
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.remittance import ClaimPayment, Remittance
from tests.apps.billing.desks import browser, demo
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
from tests.project.api.conftest import make_api  # noqa: F401  a fixture

pytestmark = pytest.mark.database_core

PLB_CODES = (
    "WO", "FB", "72", "L6", "CS", "LE", "AM", "50", "51", "J1", "IR", "B2", "CT", "CR", "E3", "L3", "LS", "PI", "RA", "BN",
    "CV", "WU", "OB",
)  # fmt: skip
Sums = dict[str, Decimal]


def edited(data: bytes, change: Callable[[list[str]], list[str]]) -> bytes:
    """The file with the segments of its only message changed, its SE counted anew."""
    segments = data.decode().rstrip("~\n").split("~")
    start = next(n for n, one in enumerate(segments) if one.startswith("ST*"))
    end = next(n for n, one in enumerate(segments) if one.startswith("SE*"))
    inner = change(segments[start:end])
    control = segments[end].split("*")[2]
    whole = [*segments[:start], *inner, f"SE*{len(inner) + 1}*{control}", *segments[end + 1 :]]
    return ("~".join(whole) + "~").encode()


def claim_level(*adjustments: tuple[str, str, str], paid: str, status: str = "1") -> ClaimPayment:
    """The answer to A1 (120.00) without lines."""
    made = pay(claim("A1"), TYPICAL, status=status)
    found = tuple(Adjustment(Group(g), r, Decimal(a)) for g, r, a in adjustments)
    patient = total(one.amount for one in found if one.group is Group.PATIENT)
    return replace(
        made, lines=(), adjustments=found, paid=Decimal(paid), patient_responsibility=patient
    )


def both_levels() -> ClaimPayment:
    """40.00 deductible at the claim, CO-45 at the line, so that the line pays more than the claim."""
    made = pay(claim("A1"), ("90.00", (("CO", "45", "30.00"),)))
    return replace(
        made,
        paid=Decimal("50.00"),
        patient_responsibility=Decimal("40.00"),
        adjustments=(Adjustment(Group.PATIENT, "1", Decimal("40.00")),),
    )


SIX = (
    ("45", "1.01"),
    ("97", "2.02"),
    ("253", "3.03"),
    ("59", "4.04"),
    ("237", "5.05"),
    ("144", "4.85"),
)
PAID_A1 = pay(claim("A1"), TYPICAL)
DENIED_B1 = ("0.00", (("CO", "97", "20.00"),))
TWO_LINES = claim("B1", line(1, "99213", "100.00"), line(2, "85025", "20.00"))

VALUES: dict[str, Remittance] = {
    "claim level only": remittance(
        claim_level(("CO", "45", "30.00"), ("PR", "3", "10.00"), paid="80.00")
    ),
    "both levels": remittance(both_levels()),
    "six triples": remittance(
        pay(claim("A1"), ("100.00", tuple(("CO", code, amount) for code, amount in SIX)))
    ),
    "zero pay": remittance(pay(claim("A1"), DENIED), trace="Z1"),
    **{
        f"status {status}": remittance(pay(claim("A1"), TYPICAL, status=status))
        for status in ("1", "2", "3", "19", "20", "21")
    },
    "status 4": remittance(pay(claim("A1"), DENIED, status="4")),
    "status 23": remittance(pay(claim("A1"), ("0.00", (("OA", "109", "120.00"),)), status="23")),
    "status 25": remittance(pay(claim("A1"), ("0.00", (("OA", "101", "120.00"),)), status="25")),
    "reversal and correction": remittance(
        pay(claim("A1"), TYPICAL),
        pay(claim("A1"), TAKEN_BACK, status="22"),
        pay(claim("A1"), ("60.00", (("CO", "45", "50.00"), ("PR", "3", "10.00"))), number="ICN2"),
    ),
    "two lines, one denied": remittance(
        pay(TWO_LINES, ("60.00", (("CO", "45", "40.00"),)), DENIED_B1)
    ),
    "no claim of ours": remittance(pay(claim("NOBODYS"), TYPICAL)),
    **{
        f"PLB {code} {sign}": remittance(PAID_A1, plb=((code, "R1", f"{sign}12.34"),))
        for code, sign in (("WO", ""), ("FB", "-"), ("L6", "-"))
    },
}
HELD_WHOLE = [f"PLB {code} {sign}" for code in ("ZZ", "B3") for sign in ("", "-")]
VALUES |= {
    name: remittance(PAID_A1, plb=((name.split()[1], "R1", f"{name[7:]}12.34"),))
    for name in HELD_WHOLE
}


def many_plb(segments: list[str]) -> list[str]:
    """Three PLB of six pairs each, which add up to 15.00 kept back."""
    codes = [*PLB_CODES[:17], "WO"]
    amounts = [Decimal(n) for n in range(1, 17)]
    amounts += [Decimal("-131.00"), Decimal("10.00")]
    assert sum(amounts) == 15
    pairs = [
        f"{code}:R{n}*{amount}" for n, (code, amount) in enumerate(zip(codes, amounts, strict=True))
    ]
    plbs = [f"PLB*1234567893*20261231*{'*'.join(pairs[n : n + 6])}" for n in (0, 6, 12)]
    return [*(one.replace("BPR*I*80*", "BPR*I*65*") for one in segments), *plbs]


def with_remarks(segments: list[str]) -> list[str]:
    """MOA of a professional claim and two LQ behind its line."""
    found = []
    for one in segments:
        found.append(one)
        if one.startswith("NM1*QC"):
            found.append("MOA*0.8*80*MA01*MA18")
    return [*found, "LQ*HE*N130", "LQ*HE*M15"]


BYTES: dict[str, bytes] = {
    "three PLB of six": edited(bytes_835(remittance(PAID_A1)), many_plb),
    "MOA and LQ": edited(bytes_835(remittance(PAID_A1)), with_remarks),
}


class Practice:
    """Open claims and the three doors."""

    def __init__(self, practice: int, name: str) -> None:
        from cleanclaim.apps.billing.claims.services import import_claims
        from cleanclaim.apps.shared.tenancy.context import tenant

        self.id = practice
        self.data = BYTES.get(name) or bytes_835(VALUES[name])
        with tenant(practice):
            import_claims([claim("A1"), TWO_LINES], source_file_id=7, received_on=DAY)

    def sums(self) -> Sums:
        from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.id):
            proof = prove()
            assert proof.balanced, proof.differences
            return {account: amount for account, amount in account_balances().items() if amount}

    def claims(self) -> list[tuple[object, ...]]:
        from cleanclaim.apps.billing.claims.models import Claim
        from cleanclaim.apps.shared.ledger.models import Item
        from cleanclaim.apps.shared.ledger.selectors import item_balances, responsible_buckets
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.id):
            amounts = Claim.objects.order_by("id").values_list("paid", "denied", "open_amount")
            found = responsible_buckets(list(Item.objects.values_list("id", flat=True)))
            buckets = sorted((item_id, one.bucket) for item_id, one in found.items())
            items = {key: amount for key, amount in item_balances().items() if amount}
            return [*amounts, *buckets, *sorted(items.items())]

    def row(self):
        from cleanclaim.apps.billing.remittances.models import Remittance as Row
        from cleanclaim.apps.shared.tenancy.context import tenant

        with tenant(self.id):
            return Row.objects.defer("body").get()

    def take_in(self) -> None:
        from cleanclaim.apps.billing.remittances.services import receive_remittances
        from cleanclaim.apps.shared.tenancy.context import tenant
        from tests.apps.billing.world import receive

        with tenant(self.id):
            received = receive_remittances(receive(self.data, "x.835"), received_on=PAID_ON)
            assert (received.refused, received.faults) == ((), ())


def added(before: Sums, moved: Sums) -> Sums:
    whole = {
        name: before.get(name, Decimal(0)) + moved.get(name, Decimal(0)) for name in before | moved
    }
    return {name: amount for name, amount in whole.items() if amount}


def moved_by(legs) -> Sums:
    found: Sums = {}
    for account, amount in legs:
        found[account] = found.get(account, Decimal(0)) + amount
    return {account: amount for account, amount in found.items() if amount}


def simulated_by_command(here: Practice) -> Sums:
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, simulate_files

    [report] = simulate_files(here.id, [Incoming("x.835", here.data)], posted_on=PAID_ON)
    assert report.faults == ()
    [one] = report.payments
    return moved_by((leg.account, leg.amount) for leg in one.legs)


def posted_by_command(here: Practice) -> None:
    from cleanclaim.apps.billing.remittances.services.intake import Incoming, post_files

    post_files(here.id, [Incoming("x.835", here.data)], posted_on=PAID_ON)


def simulated_by_api(api, pk: int, paid_of) -> Sums:
    said = api.get(f"/remittances/{pk}/simulation").json()
    legs = [(leg["account"], Decimal(leg["amount"])) for leg in said["adjustment_legs"]]
    for place in said["claims"]:
        legs += [(leg["account"], Decimal(leg["amount"])) for leg in place["legs"]]
        if place["hold"]:
            paid = paid_of(place["position"])
            legs += [("asset:remit-clearing", paid), ("liability:unapplied-cash", -paid)]
    return {} if said["hold"] else moved_by(legs)


@pytest.mark.parametrize("name", [*VALUES, *BYTES])
def test_three_doors_do_the_same_and_taking_back_leaves_nothing(name, practice, make_api):  # noqa: F811
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.shared.tenancy.context import tenant

    here = Practice(practice, name)
    before, claims = here.sums(), here.claims()
    said = simulated_by_command(here)
    assert (here.sums(), here.claims()) == (before, claims)

    posted_by_command(here)
    row = here.row()
    moved = added(here.sums(), {account: -amount for account, amount in before.items()})

    if name in HELD_WHOLE:
        assert (row.state, moved) == ("held", {})
        return
    assert row.state == "posted", row.hold
    assert moved == said
    assert moved.get("asset:remit-clearing", Decimal(0)) == row.paid

    with demo():
        biller = browser(practice, "Practice biller")

        def take_back() -> None:
            answer = biller.post(f"/remittances/{row.pk}/take-back/", {"reason": "once more"})
            assert answer.status_code == 302, answer.content
            assert (here.row().state, here.sums(), here.claims()) == ("reversed", before, claims)

        take_back()
        page = biller.get(f"/remittances/{row.pk}/?simulate=1").content.decode()
        seals = re.findall(r'name="shown" value="([^"]+)"', page)
        assert len(seals) == 1, "the page offers to post what it shows"
        biller.post(f"/remittances/{row.pk}/post/", {"round": "1", "shown": seals[0]})
        assert here.row().state == "posted"
        assert here.sums() == added(before, said)
        take_back()

    def paid_of(position: int) -> Decimal:
        with tenant(practice):
            return RemittanceClaim.objects.get(remittance=row, position=position).paid

    api = make_api(practice, role="Practice biller")
    assert simulated_by_api(api, row.pk, paid_of) == said
    answer = api.post(f"/remittances/{row.pk}/post", key="posting-by-api")
    assert answer.json()["state"] == "posted"
    assert here.sums() == added(before, said)
    body = {"reason": "once more"}
    assert api.post(f"/remittances/{row.pk}/take-back", body, key="taking-back").status_code == 200
    assert (here.sums(), here.claims()) == (before, claims)


def test_every_provider_adjustment_with_both_signs_is_posted_as_simulated_and_taken_back(practice):
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.billing.remittances.services.intake import (
        Incoming,
        post_files,
        simulate_files,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    here = Practice(practice, "status 1")
    before, claims = here.sums(), here.claims()
    wrong = {}
    for code in PLB_CODES:
        for amount in ("12.34", "-12.34"):
            paid = remittance(PAID_A1, plb=((code, "R1", amount),), trace=f"{code}{amount}")
            file = [Incoming("x.835", bytes_835(paid))]
            [said] = simulate_files(practice, file, posted_on=PAID_ON)[0].payments
            [done] = post_files(practice, file, posted_on=PAID_ON)[0].payments
            after = here.sums()
            with tenant(practice):
                reverse_posting(done.remittance_id, on=PAID_ON, reason="once more", by=None)
            moved = moved_by((leg.account, leg.amount) for leg in said.legs)
            if (
                done.state != "posted"
                or after != added(before, moved)
                or moved["asset:remit-clearing"] != Decimal("80.00") - Decimal(amount)
                or (here.sums(), here.claims()) != (before, claims)
            ):
                wrong[code, amount] = (done.state, moved)

    assert wrong == {}
