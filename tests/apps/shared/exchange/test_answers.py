"""Answers are linked to the files they answer, and missing ones raise an alarm once."""

from datetime import UTC, datetime, timedelta

import pytest

from cleanclaim.kernel.errors import InputError, InvariantError
from tests.apps.shared.exchange.conftest import DAY

pytestmark = pytest.mark.database_core


@pytest.fixture
def sent(practice, plan_partner, interchange):
    """A claim file that lies in the plan's folder since now."""
    from cleanclaim.apps.shared.exchange.services import mark_delivered, queue_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        file = queue_file(
            interchange(interchange=7, group=8),
            partner=plan_partner,
            kind="837",
            name="batch",
            created_on=DAY,
        )
        mark_delivered([file.pk])
    return file


def _missing(practice: int, *, hours: float) -> list[str]:
    from cleanclaim.apps.shared.exchange.selectors import missing_acknowledgements
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        as_of = datetime.now(UTC) + timedelta(hours=hours)
        return [one.wanted for one in missing_acknowledgements(as_of)]


def _answer(practice: int, plan_partner, sent, interchange, *, kind: str, is_accepted: bool = True):
    from cleanclaim.apps.shared.exchange.services import receive_file, record_answer
    from cleanclaim.apps.shared.tenancy.context import tenant

    number = {"999": 1, "277CA": 2}[kind]
    with tenant(practice):
        receipt = receive_file(
            interchange(sender="330000002", receiver="1234567893", interchange=number),
            partner=plan_partner,
            name=kind,
            received_on=DAY,
        )
        record_answer(
            question_id=sent.pk, answer_id=receipt.file_id, kind=kind, is_accepted=is_accepted
        )


def _state(practice: int, file_id: int) -> str:
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return FileState.objects.get(file_id=file_id).state


def test_each_answer_is_missed_after_its_hours(practice, sent) -> None:
    assert _missing(practice, hours=23.9) == []
    assert _missing(practice, hours=24.1) == ["999"]
    assert _missing(practice, hours=72.1) == ["277CA", "999"]


def test_an_answer_that_came_is_not_missed(practice, plan_partner, sent, interchange) -> None:
    _answer(practice, plan_partner, sent, interchange, kind="999")

    assert _missing(practice, hours=73) == ["277CA"]
    assert _state(practice, sent.pk) == "acknowledged"

    _answer(practice, plan_partner, sent, interchange, kind="277CA")

    assert _missing(practice, hours=1000) == []


def test_a_refused_file_waits_for_nothing(practice, plan_partner, sent, interchange) -> None:
    _answer(practice, plan_partner, sent, interchange, kind="999", is_accepted=False)

    assert _state(practice, sent.pk) == "refused"
    assert _missing(practice, hours=1000) == []


def test_an_alarm_is_raised_once(practice, sent) -> None:
    from cleanclaim.apps.shared.exchange.services import raise_answer_alarms
    from cleanclaim.apps.shared.tenancy.context import tenant

    late = datetime.now(UTC) + timedelta(hours=30)
    with tenant(practice):
        first = raise_answer_alarms(late)
        second = raise_answer_alarms(late)

    assert [one.words for one in first] == [
        f"Coastal Alliance Health Plan has not answered the 837 in file {sent.pk} with a 999 "
        "within 24 hours of its delivery."
    ]
    assert second == []


@pytest.mark.parametrize(
    "numbers",
    [
        {"interchange_control": "000000007"},
        {"interchange_control": "7"},
        {"group_control": "8"},
        {"group_control": "0008"},
        {"interchange_control": "7", "group_control": "8", "kind": "837"},
    ],
)
def test_a_sent_file_is_found_by_its_numbers(practice, plan_partner, sent, numbers) -> None:
    from cleanclaim.apps.shared.exchange.selectors import find_sent_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        found = find_sent_file(partner_id=plan_partner.pk, **numbers)

    assert found is not None
    assert found.pk == sent.pk


@pytest.mark.parametrize("number", ["77", "17", "8", "(", ".*"])
def test_other_numbers_find_nothing(practice, plan_partner, sent, number) -> None:
    from cleanclaim.apps.shared.exchange.selectors import find_sent_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        assert find_sent_file(partner_id=plan_partner.pk, interchange_control=number) is None


def test_an_answer_without_numbers_is_the_senders_fault(practice, plan_partner, sent) -> None:
    from cleanclaim.apps.shared.exchange.selectors import find_sent_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    with pytest.raises(InputError, match="names no control number"), tenant(practice):
        find_sent_file(partner_id=plan_partner.pk)


@pytest.mark.parametrize("kind", ["999", "TA1"])
@pytest.mark.parametrize("received", ["999", "TA1"])
def test_an_acknowledgement_is_never_acknowledged(
    practice, plan_partner, interchange, kind, received
) -> None:
    from cleanclaim.apps.shared.exchange.selectors import file_detail
    from cleanclaim.apps.shared.exchange.services import queue_file, receive_file
    from cleanclaim.apps.shared.tenancy.context import tenant

    data = interchange(sender="330000002", kind="999", guide="005010X231A1", functional="FA")
    if received == "TA1":
        data = data.split(b"GS*")[0] + b"TA1*000000001*260302*0000*A*000~IEA*0*000000001~"
    with tenant(practice):
        receipt = receive_file(data, partner=plan_partner, name="a", received_on=DAY)
        file = file_detail(receipt.file_id)
        assert file.kind == received

    with pytest.raises(InvariantError, match="never acknowledged"), tenant(practice):
        queue_file(
            interchange(),
            partner=plan_partner,
            kind=kind,
            name="ack",
            created_on=DAY,
            answers=file,
        )


@pytest.mark.parametrize("first", [True, False])
def test_of_two_answers_that_come_together_a_refusal_counts(
    practice, plan_partner, sent, interchange, first
) -> None:
    from cleanclaim.apps.shared.exchange.models import FileAnswer
    from cleanclaim.apps.shared.exchange.services import Answered, receive_file, record_answers
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        answers = [
            receive_file(
                interchange(sender="330000002", receiver="1234567893", interchange=number),
                partner=plan_partner,
                name="999",
                received_on=DAY,
            ).file_id
            for number in (1, 2)
        ]
        record_answers(
            [
                Answered(sent.pk, answers[0], "999", is_accepted=first),
                Answered(sent.pk, answers[1], "999", is_accepted=not first),
            ]
        )
        linked = FileAnswer.objects.filter(question_id=sent.pk).values_list("answer_id", flat=True)

        assert sorted(linked) == answers
    assert _state(practice, sent.pk) == "refused"
