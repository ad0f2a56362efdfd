"""Partners are added once and control numbers are given once."""

import threading

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.shared.exchange.conftest import DAY

pytestmark = pytest.mark.database_core


def test_a_partner_is_added_once(practice, plan_partner) -> None:
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        again = find_or_add_partner(
            slug=plan_partner.slug, name="Else", kind="x", our_id="A", their_id="B", usage="T"
        )

    assert again.pk == plan_partner.pk
    assert again.name == plan_partner.name


def test_numbers_count_up_by_partner(practice, plan_partner) -> None:
    from cleanclaim.apps.shared.exchange.services import next_envelope
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        first = next_envelope(plan_partner, created_on=DAY)
        second = next_envelope(plan_partner, created_on=DAY)

    assert [one.interchange_control for one in (first, second)] == [1, 2]
    assert [one.group_control for one in (first, second)] == [1, 2]
    assert first.sender_id == "1234567893"
    assert first.receiver_id == "330000002"


def test_a_partner_who_is_named_twice_gets_two_files_numbers(practice, plan_partner) -> None:
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner, next_envelopes
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        other = find_or_add_partner(
            slug="other", name="Other", kind="x", our_id="A", their_id="B", usage="T"
        )
        next_envelopes([other], created_on=DAY)
        envelopes = next_envelopes([plan_partner, other, plan_partner], created_on=DAY)

    assert [one.interchange_control for one in envelopes] == [1, 2, 2]
    assert [one.group_control for one in envelopes] == [1, 2, 2]
    assert [one.receiver_id for one in envelopes] == ["330000002", "B", "330000002"]


def test_no_number_is_given_twice_to_threads_at_once(practice, plan_partner) -> None:
    from django.db import connection

    from cleanclaim.apps.shared.exchange.services import next_envelope
    from cleanclaim.apps.shared.tenancy.context import tenant

    numbers = []

    def take() -> None:
        try:
            for _ in range(20):
                with tenant(practice):
                    numbers.append(next_envelope(plan_partner, created_on=DAY).interchange_control)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(numbers) == 80
    assert len(set(numbers)) == 80


def test_the_numbers_end_with_nine_digits(practice, plan_partner) -> None:
    from cleanclaim.apps.shared.exchange.models import ControlCounter
    from cleanclaim.apps.shared.exchange.services import next_envelope
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        ControlCounter.objects.create(partner=plan_partner, level="interchange", last=999_999_998)
        last = next_envelope(plan_partner, created_on=DAY)

    assert last.interchange_control == 999_999_999
    with pytest.raises(StateError, match="interchange control numbers are used"), tenant(practice):
        next_envelope(plan_partner, created_on=DAY)
