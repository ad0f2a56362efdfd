"""Events exist exactly when their change does, and are handled once."""

import pytest

from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import InvariantError, StateError

pytestmark = pytest.mark.database_core


@pytest.fixture
def seen(database):
    """What the subscriber of `claim.denied` has seen; it refuses a payload with `refuse`."""
    from cleanclaim.apps.shared.outbox.services import subscribe, unsubscribe

    payloads = []

    def handler(payload) -> None:
        if payload.get("refuse"):
            raise StateError("not now")
        payloads.append(payload["claim"])

    subscribe("claim.denied", handler)
    subscribe("claim.denied", handler)
    yield payloads
    unsubscribe("claim.denied", handler)


def test_an_event_reaches_its_subscriber_once(seen, practice: int) -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events, emit

    with tenant(practice):
        emit("claim.denied", {"claim": 5})
        emit("claim.paid", {"claim": 6})

    with tenant(practice):
        handled = [dispatch_events(), dispatch_events()]

    assert (handled, seen) == ([2, 0], [5])


def test_an_undone_change_emits_nothing(seen, practice: int) -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events, emit

    with pytest.raises(ZeroDivisionError), tenant(practice):
        emit("claim.denied", {"claim": 5})
        raise ZeroDivisionError

    with tenant(practice):
        assert dispatch_events() == 0
    assert seen == []


def test_a_failing_event_is_tried_again_then_parked_and_stops_no_other(seen, practice: int) -> None:
    from cleanclaim.apps.shared.outbox.models import Event
    from cleanclaim.apps.shared.outbox.services import MAXIMUM_TRIES, dispatch_events, emit

    with tenant(practice):
        bad = emit("claim.denied", {"claim": 5, "refuse": True})
        emit("claim.denied", {"claim": 7})

    for _ in range(MAXIMUM_TRIES + 1):
        with tenant(practice):
            dispatch_events()

    with tenant(practice):
        event = Event.objects.get(pk=bad)
    assert (seen, event.tries, event.parked_at is not None) == ([7], MAXIMUM_TRIES, True)
    assert event.error == "StateError: not now"


def test_an_event_outside_a_transaction_is_our_bug(database) -> None:
    from cleanclaim.apps.shared.outbox.services import emit

    with pytest.raises(InvariantError, match="outside a transaction"):
        emit("claim.denied", {})


def test_events_of_another_tenant_are_left_alone(seen, practice: int, plan: int) -> None:
    from cleanclaim.apps.shared.outbox.services import dispatch_events, emit

    with tenant(practice):
        emit("claim.denied", {"claim": 5})

    with tenant(plan):
        handled = dispatch_events()

    assert (handled, seen) == (0, [])
