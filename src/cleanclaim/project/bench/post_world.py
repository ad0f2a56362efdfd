"""The world of `bench post`: one practice with open claims, and the payer's answers to all of them in one payment or more.

python -m cleanclaim.project.bench.post_world --home DIR --file OUT --claims N --lines K
"""

import argparse
import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.project.seed.claims import Scene, make_billing_provider, make_claims
from cleanclaim.project.setup import open_django
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Claim
from cleanclaim.values.remittance import ClaimPayment, LinePayment

CLAIMS_AT_ONCE = 5_000
DENIED_SHARE = 25  # every so manieth claim has a line that is denied, which makes work
SCENE = Scene(claims_per_provider=10**9)


def main() -> int:
    """Fill the home and write the 835."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--claims", type=int, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--payments", type=int, default=1, help="a numbered file for each")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    gc.disable()
    with open_django(args.home, role="worker"):
        scene = replace(SCENE, seed=args.seed, patients=max(100, args.claims // 8))
        _open_claims(scene, args.claims, args.lines)
        answers = [
            _answer(claim, number)
            for number, claim in enumerate(claims_of(scene, args.claims, args.lines))
        ]
        size = -(-len(answers) // args.payments)
        for number in range(args.payments):
            some = tuple(answers[number * size : (number + 1) * size])
            path = args.file
            if args.payments > 1:
                path = path.with_name(f"{path.stem}-{number:04d}{path.suffix}")
            path.write_bytes(_payment(scene, some, number + 1))
    return 0


def claims_of(scene: Scene, count: int, lines: int) -> Iterator[Claim]:
    """Invented claims of so many lines each."""
    for claim in make_claims(count, scene):
        made = tuple(
            replace(
                claim.lines[place % len(claim.lines)],
                number=place + 1,
                control_number=f"{claim.control_number}-{place + 1}",
            )
            for place in range(lines)
        )
        yield replace(claim, lines=made, charge=total(line.charge for line in made))


def _open_claims(scene: Scene, count: int, lines: int) -> None:
    from cleanclaim.apps.billing.claims.models import Claim as ClaimRow
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.claims.states import State
    from cleanclaim.apps.shared.tenancy.context import tenant, tenant_in_one_piece
    from cleanclaim.apps.shared.tenancy.models import OrganizationKind
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
    from cleanclaim.apps.shared.tenancy.statistics import refresh_statistics

    provider = make_billing_provider(0)
    practice = find_or_add_organization(
        kind=OrganizationKind.PRACTICE,
        name=provider.last_name,
        npi=provider.npi,
        tin=provider.tin,
    )
    block: list[Claim] = []
    for number, claim in enumerate(claims_of(scene, count, lines), 1):
        block.append(claim)
        if len(block) == CLAIMS_AT_ONCE or number == count:
            with tenant_in_one_piece(practice.pk):
                import_claims(block, source_file_id=number, received_on=scene.created_on)
            block = []
            refresh_statistics()
            gc.collect()
    with tenant(practice.pk):
        ClaimRow.objects.update(state=State.ACCEPTED)
    refresh_statistics()


def _payment(scene: Scene, answers: tuple[ClaimPayment, ...], number: int) -> bytes:
    from cleanclaim.edi import write_835
    from cleanclaim.project.seed.remittance import envelope_of, payment_of

    value = payment_of(answers, number, scene)
    provider = make_billing_provider(0)
    payee = replace(value.payee, npi=provider.npi, tin=provider.tin)
    return write_835([replace(value, payee=payee)], envelope=envelope_of(scene, number))


def _answer(claim: Claim, number: int) -> ClaimPayment:
    from cleanclaim.project.seed.remittance import answer_to

    answer = answer_to(claim)
    if number % DENIED_SHARE:
        return answer
    paid = (*answer.lines[:-1], _denied(answer.lines[-1]))
    return replace(
        answer,
        lines=paid,
        paid=total(line.paid for line in paid),
        patient_responsibility=total(
            one.amount for line in paid for one in line.adjustments if one.group is Group.PATIENT
        ),
    )


def _denied(line: LinePayment) -> LinePayment:
    whole = Adjustment(Group.CONTRACTUAL, "197", Decimal(line.charge))
    return replace(line, paid=ZERO, allowed=None, adjustments=(whole,))


if __name__ == "__main__":
    sys.exit(main())
