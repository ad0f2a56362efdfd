"""One effect per key: repeated, changed, at once, and after a call that died."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest

from cleanclaim.kernel.errors import StateError

RETRIES = 1000
EFFECT = "effect"


def _call(practice: int, key: str = "key-1", request: str = "same", effect=None):
    """One call whose effect is a row of the file log (a partner named for the call)."""
    from cleanclaim.apps.shared.api.idempotency import Answer, answer_once
    from cleanclaim.apps.shared.tenancy.context import tenant

    def run() -> Answer:
        (effect or _effect)()
        return Answer(200, '{"done": true}', (5,))

    with tenant(practice):
        return answer_once(key, request_sha256=request, run=run)


def _effect() -> None:
    from cleanclaim.apps.shared.outbox.services import emit

    emit(EFFECT, {})


def _effects(practice: int) -> int:
    from cleanclaim.apps.shared.outbox.models import Event
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return Event.objects.filter(name=EFFECT).count()


def test_the_same_call_again_gets_the_same_answer_and_has_no_effect(practice: int) -> None:
    first = _call(practice)

    again = _call(practice)

    assert (again.status, again.body, again.patient_ids) == (200, first.body, (5,))
    assert (first.is_replay, again.is_replay) == (False, True)
    assert _effects(practice) == 1


def test_the_same_key_with_another_request_is_refused(practice: int) -> None:
    from cleanclaim.apps.shared.api.idempotency import KeyReusedError

    _call(practice)

    with pytest.raises(KeyReusedError):
        _call(practice, request="other")
    assert _effects(practice) == 1


def test_keys_of_two_tenants_never_meet(practice: int, plan: int) -> None:
    _call(practice)

    assert not _call(plan, request="other").is_replay


def test_a_refused_call_leaves_no_key(practice: int) -> None:
    def refuse() -> None:
        _effect()
        raise StateError("not now")

    with pytest.raises(StateError):
        _call(practice, effect=refuse)

    assert _effects(practice) == 0
    assert not _call(practice).is_replay


def test_a_call_beside_one_that_still_runs_is_told_so(practice: int) -> None:
    started, finish = threading.Event(), threading.Event()

    def slow() -> None:
        _effect()
        started.set()
        assert finish.wait(20)

    thread = threading.Thread(target=_in_thread, args=(lambda: _call(practice, effect=slow),))
    thread.start()
    assert started.wait(20)
    try:
        with pytest.raises(StateError, match="still running"):
            _call(practice)
    finally:
        finish.set()
        thread.join()

    assert _call(practice).is_replay
    assert _effects(practice) == 1


def test_a_thousand_retries_at_once_have_one_effect(practice: int) -> None:
    outcomes: list[str] = []

    def retry() -> None:
        for _ in range(RETRIES // 8):
            try:
                outcomes.append("replay" if _call(practice).is_replay else "effect")
            except StateError:
                outcomes.append("running")

    threads = [threading.Thread(target=_in_thread, args=(retry,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == RETRIES
    assert outcomes.count("effect") == 1
    assert _effects(practice) == 1


def test_a_killed_call_leaves_neither_effect_nor_stuck_key(practice: int) -> None:
    from django.db import connection

    connection.close()  # a child must not share our connection
    ready, wrote = os.pipe()
    child = os.fork()
    if child == 0:

        def hang() -> None:
            _effect()
            os.write(wrote, b"x")
            time.sleep(600)

        _call(practice, effect=hang)
        os._exit(0)
    assert os.read(ready, 1) == b"x"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    answer = _call_when_free(practice)

    assert not answer.is_replay
    assert _effects(practice) == 1


def _call_when_free(practice: int):
    """The database notices a dead client when it next writes to it: soon, not at once."""
    for _ in range(1200):
        try:
            return _call(practice)
        except StateError:
            time.sleep(0.1)
    raise AssertionError("the key is stuck")


def test_answers_are_forgotten_after_thirty_days(practice: int) -> None:
    from django.utils import timezone

    from cleanclaim.apps.shared.api.models import IdempotencyRecord
    from cleanclaim.apps.shared.tenancy.context import tenant

    _call(practice, "old-1")
    _call(practice, "young-1")
    with tenant(practice):
        for key, days in (("old-1", 31), ("young-1", 29)):
            IdempotencyRecord.objects.filter(key=key).update(
                recorded_at=timezone.now() - timedelta(days=days)
            )

    _call(practice, "new-1")

    with tenant(practice):
        kept = set(IdempotencyRecord.objects.values_list("key", flat=True))
    assert kept == {"young-1", "new-1"}


def _in_thread(work) -> None:
    from django.db import connection

    try:
        work()
    finally:
        connection.close()
