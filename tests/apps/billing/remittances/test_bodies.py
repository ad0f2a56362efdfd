"""What a remittance says is kept in parts: its head, and each claim in its own row."""

import importlib

import pytest

from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


def received(desk, *numbers: str):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    claims = [claim(number) for number in numbers]
    desk.take(*claims)
    value = remittance(*(pay(one, TYPICAL, number=f"I-{one.control_number}") for one in claims))
    [remittance_id] = receive_remittances(receive_835(value), received_on=PAID_ON).ids
    return Remittance.objects.get(pk=remittance_id)


def test_the_head_names_no_claim_and_the_parts_make_the_whole(desk):
    from cleanclaim.apps.billing.remittances.bodies import head_of, payments_at, payments_of, whole

    row = received(desk, "A1", "A2", "A3")

    assert head_of(row).claims == ()
    assert [one.control_number for one in payments_of(row.pk, 2, 3)] == ["A2", "A3"]
    assert payments_at(row.pk, [3])[3].payer_control_number == "I-A3"
    assert [one.control_number for one in whole(row).claims] == ["A1", "A2", "A3"]
    assert whole(row).difference == 0


def test_bodies_of_before_are_moved_to_their_claims_and_back(desk):
    from django.db import connection

    from cleanclaim.apps.billing.remittances.bodies import whole
    from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
    from cleanclaim.apps.shared.tenancy.context import current_tenant
    from cleanclaim.values.codec import to_json

    steps = importlib.import_module(
        "cleanclaim.apps.billing.remittances.migrations.0003_move_claim_bodies"
    )

    def run(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.execute(
                "SELECT set_config('cleanclaim.tenant', %s, true)", [str(current_tenant())]
            )

    row = received(desk, "A1", "A2")
    before = whole(row)
    Remittance.objects.update(body=to_json(before).decode())
    RemittanceClaim.objects.update(body="")

    run(steps.MOVE)
    run(steps.MOVE)  # again: nothing is left to move

    row.refresh_from_db()
    assert '"claims"' not in row.body
    assert whole(row) == before
    run(steps.BACK)
    row.refresh_from_db()
    assert '"claims"' in row.body
