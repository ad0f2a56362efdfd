"""Work beside the caller's: in order, in the caller's transaction, and nothing after a failure."""

import sys
import threading

import pytest
from django.db import connection, transaction

from cleanclaim.apps.shared.tenancy.beside import Beside
from cleanclaim.apps.shared.tenancy.context import tenant


class Broken(Exception):
    """What the work beside raises."""


@pytest.fixture
def inside(practice):
    with tenant(practice), transaction.atomic():
        yield practice


def ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_answers_come_from_the_callers_transaction(inside):
    here = ask("SELECT pg_current_xact_id()::text")

    with Beside(ahead=3) as beside:
        there = [beside.do(ask, "SELECT pg_current_xact_id()::text") for _ in range(5)]
        beside.wait()

    assert [promise.result() for promise in there] == [here] * 5


def test_work_is_done_in_order_while_the_caller_goes_on(inside):
    done, gate = [], threading.Event()

    with Beside(ahead=2) as beside:
        beside.do(gate.wait)
        beside.do(done.append, 1)
        assert done == []  # the caller is here, and the first work still waits
        gate.set()
        for number in (2, 3, 4):
            beside.do(done.append, number)
        beside.wait()

    assert done == [1, 2, 3, 4]


def test_nothing_is_done_after_a_failure(inside):
    done, gate = [], threading.Event()

    def fail() -> None:
        gate.wait()
        raise Broken

    with pytest.raises(Broken), Beside(ahead=3) as beside:
        beside.do(fail)
        beside.do(done.append, "after")
        gate.set()
        beside.wait()

    assert done == []


def test_where_both_fail_the_work_beside_failed_first(inside):
    def fail() -> None:
        raise Broken

    with pytest.raises(Broken), Beside() as beside:
        promise = beside.do(fail)
        promise.exception()  # it has failed by now
        raise RuntimeError("the caller's own, which follows from it")


def test_the_switch_interval_is_put_back_by_the_last(inside):
    before = sys.getswitchinterval()
    first, second = Beside(), Beside()

    first.__enter__()
    with second:
        first.__exit__(None, None, None)
        assert sys.getswitchinterval() < before

    assert sys.getswitchinterval() == before
