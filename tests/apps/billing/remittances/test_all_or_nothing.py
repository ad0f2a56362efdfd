"""T03 and T06: posting a payment is done whole or not at all, and once, whoever fails and however many post at once.

Each control has a twin that takes it away; the same question then finds what it lets through.
"""

import threading
from collections.abc import Callable
from contextlib import contextmanager

import pytest

from tests.apps.billing.remittances.written import written
from tests.apps.billing.world import (
    DAY,
    DENIED,
    PAID_ON,
    TYPICAL,
    claim,
    line,
    pay,
    receive_835,
    remittance,
)
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core
USERS = 50


class Injected(Exception):
    """The fault that a test puts in."""


@contextmanager
def failing_at(number: int):
    """Let the statement with this number fail, counted from here; tells how many were sent."""
    from django.db import connection

    sent = [0]

    def wrapper(execute, sql, parameters, many, context):
        sent[0] += 1
        if sent[0] == number:
            raise Injected
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(wrapper):
        yield sent


def received(*numbers: str) -> int:
    """A remittance that waits to be posted: the first claim has a denied line, one payment has no claim."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    claims = [claim(numbers[0], line(1), line(2, "99214", "120.00")), *map(claim, numbers[1:])]
    import_claims(claims, source_file_id=7, received_on=DAY)
    payments = [pay(claims[0], TYPICAL, DENIED, number="I-0")]
    payments += [pay(one, TYPICAL, number=f"I-{one.control_number}") for one in claims[1:]]
    payments.append(pay(claim("NOBODY"), TYPICAL, number="I-NOBODY"))
    file = receive_835(remittance(*payments, plb=(("L6", "interest", "-3.50"),)))
    return receive_remittances(file, received_on=PAID_ON).ids[0]


def first_trace(remittance_id: int) -> int:
    """The number of the first statement whose failure leaves something behind, of all that posting sends; 0: none."""
    from django.db import transaction

    from cleanclaim.apps.billing.remittances.services import post_remittance

    before = written()
    number = 0
    while True:
        number += 1
        try:
            with transaction.atomic(), failing_at(number) as sent:
                post_remittance(remittance_id, posted_on=PAID_ON)
                is_over = sent[0] < number
                transaction.set_rollback(is_over)
        except Injected:
            is_over = False
        if is_over:
            assert number > 20, "posting is expected to send more statements"
            return 0
        if written() != before:
            return number


@pytest.mark.parametrize("at_once_most", [2_000, 2])
def test_a_failure_of_any_statement_leaves_nothing(inside, monkeypatch, at_once_most):
    from cleanclaim.apps.billing.remittances import parts
    from cleanclaim.apps.billing.remittances.services import post_remittance

    monkeypatch.setattr(parts, "PLACES_AT_ONCE", at_once_most)
    remittance_id = received("A1", "A2", "A3")

    assert first_trace(remittance_id) == 0

    assert post_remittance(remittance_id, posted_on=PAID_ON).posted == 3


def test_a_posting_that_goes_on_after_a_failure_is_found_out(inside, monkeypatch):
    """The twin: what fails while claims are settled is passed over, so that their money moves and they do not."""
    from django.db import transaction

    from cleanclaim.apps.billing.remittances.services import posting

    settle = posting.settle_claims

    def careless(*args, **kwargs):
        try:
            with transaction.atomic():
                return settle(*args, **kwargs)
        except Injected:
            return set()

    monkeypatch.setattr(posting, "settle_claims", careless)

    assert first_trace(received("A1", "A2", "A3")) > 0


def post_by_each(practice: int, remittance_id: int, users: int) -> list:
    """What each of the users was told, all of whom press the key at once."""
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    ready = threading.Barrier(users)

    def call(user: int) -> Callable[[], object]:
        def press():
            ready.wait(60)
            with tenant(practice):
                return post_remittance(remittance_id, posted_on=PAID_ON, by=user)

        return press

    return at_once([call(user) for user in range(users)], threads=users)


def test_of_fifty_users_one_posts_and_the_others_are_told_by_whom(database, practice):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.kernel.errors import StateError

    with tenant(practice):
        remittance_id = received("A1", "A2")
        entries = Entry.objects.count()

    answers = post_by_each(practice, remittance_id, USERS)

    told = [one for one in answers if isinstance(one, StateError)]
    assert len(told) == USERS - 1
    [done] = [one for one in answers if not isinstance(one, Exception)]
    with tenant(practice):
        row = Remittance.objects.get(pk=remittance_id)
        assert {str(one).partition(" at ")[0] for one in told} == {
            f"remittance {remittance_id} was posted by user {row.posted_by}"
        }
        assert row.posting_round == 1
        assert Entry.objects.count() == entries + len(done.entry_ids)
        assert prove().balanced


def test_without_the_lock_nobody_is_told_who_posted(database, practice, monkeypatch):
    """The twin: without the row's lock both see an unposted remittance. The entries' keys still hold the money, and where
    the second one has read the first one's answers, that it repeats them holds it."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import posting
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        remittance_id = received("A1", "A2")
    both_have_looked = threading.Barrier(2)
    read = posting.whole

    def read_together(row):
        both_have_looked.wait(60)
        return read(row)

    monkeypatch.setattr(posting, "whole", read_together)
    monkeypatch.setattr(type(Remittance.objects), "select_for_update", lambda self: self.all())

    answers = post_by_each(practice, remittance_id, 2)

    assert not any("was posted by" in str(one) for one in answers), answers
    with tenant(practice):
        assert prove().debit == prove().credit


def void_by_each(practice: int, remittance_id: int, users: int) -> list:
    """What each of the users was told, all of whom take the posting back at once."""
    from cleanclaim.apps.billing.remittances.services import reverse_posting
    from cleanclaim.apps.shared.tenancy.context import tenant

    ready = threading.Barrier(users)

    def call(user: int) -> Callable[[], object]:
        def press():
            ready.wait(60)
            with tenant(practice):
                return reverse_posting(remittance_id, on=PAID_ON, reason="wrong", by=user)

        return press

    return at_once([call(user) for user in range(users)], threads=users)


@pytest.fixture
def posted(practice) -> int:
    """A remittance that is posted, and committed."""
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        remittance_id = received("A1", "A2")
        post_remittance(remittance_id, posted_on=PAID_ON)
    return remittance_id


def test_of_fifty_users_one_takes_it_back_and_the_others_are_told(database, practice, posted):
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.kernel.errors import StateError

    answers = void_by_each(practice, posted, USERS)

    told = [str(one) for one in answers if isinstance(one, StateError)]
    assert told == [f"remittance {posted} is taken back, not posted"] * (USERS - 1)
    [count] = [one for one in answers if not isinstance(one, Exception)]
    with tenant(practice):
        assert Entry.objects.filter(kind="reversal").count() == count
        assert prove().balanced


def test_without_the_lock_two_users_both_begin_to_take_it_back(
    database, practice, posted, monkeypatch
):
    """The twin: both see a posted remittance. That each entry is reversed once still holds the money."""
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.remittances.services import reversing
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    both_have_looked = threading.Barrier(2)
    lock = reversing._lock

    def lock_together(*args):
        both_have_looked.wait(60)
        return lock(*args)

    monkeypatch.setattr(reversing, "_lock", lock_together)
    monkeypatch.setattr(type(Remittance.objects), "select_for_update", lambda self: self.all())

    answers = void_by_each(practice, posted, 2)

    assert not any("is taken back, not posted" in str(one) for one in answers), answers
    with tenant(practice):
        assert prove().debit == prove().credit
