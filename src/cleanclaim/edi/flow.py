"""From the events of a file to what was received: each message screened, walked, checked and, where asked, read.

One road for every caller: `read_file` keeps the segments of a file that lies in memory, `check` keeps only findings,
`read` gives out typed values one at a time. What a caller does not ask for is not done.
"""

from collections.abc import Iterator

from cleanclaim.edi.fields import day
from cleanclaim.edi.guides import types_of
from cleanclaim.edi.message import MessageInHand, Walked, Wanted
from cleanclaim.edi.received import (
    ReceivedGroup,
    ReceivedInterchange,
    ReceivedMessage,
    Unit,
    to_finding,
)
from cleanclaim.edi.ta1.read import check_answers, judge, read_answer
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.envelope import (
    Event,
    GroupOpened,
    InterchangeClosed,
    InterchangeOpened,
    MessageClosed,
    PartRead,
    RawGroup,
    RawInterchange,
)

__all__ = ["Found", "Walked", "Wanted", "receive"]

Found = Unit | Walked | ReceivedInterchange


def receive(events: Iterator[Event], wanted: Wanted) -> Iterator[Found]:
    """Units and parts, if wanted, as they are read; each interchange when it is complete.

    Where units are wanted, the interchanges hold no messages, so that memory does not grow with their number.
    """
    interchange: RawInterchange | None = None
    groups: list[tuple[RawGroup, list[ReceivedMessage]]] = []
    current: MessageInHand | None = None
    for event in events:
        if isinstance(event, PartRead):
            if current is None:
                assert interchange is not None
                current = MessageInHand(
                    event.message, groups[-1][0], interchange, event.window, wanted
                )
            yield from current.feed(event.window)
        elif isinstance(event, MessageClosed):
            assert current is not None  # at least its ST was a part
            yield from current.finish()
            if not wanted.units:
                groups[-1][1].append(current.received())
            current = None
        elif isinstance(event, GroupOpened):
            if wanted.units:
                groups.clear()
            groups.append((event.group, []))
        elif isinstance(event, InterchangeOpened):
            interchange, groups = event.interchange, []
        elif isinstance(event, InterchangeClosed):
            yield _interchange(event.interchange, groups, wanted)


def _interchange(
    raw: RawInterchange, groups: list[tuple[RawGroup, list[ReceivedMessage]]], wanted: Wanted
) -> ReceivedInterchange:
    head = raw.head
    defects = [*raw.defects, *check_answers(raw.answers)]
    if count := raw.defects.unlisted.total():
        words = f"{count:,} more faults of the envelope are not listed"
        defects.append(Defect(1, "TA105", "024", words))
    extra, answer = judge(head, defects)
    is_rejected = answer.code == "R"
    return ReceivedInterchange(
        control_number=head[12],
        sender_qualifier=head[4].strip(),
        sender_id=head[5].strip(),
        receiver_qualifier=head[6].strip(),
        receiver_id=head[7].strip(),
        date=head[8],
        time=head[9],
        version=head[11],
        usage=head[14],
        ack_requested=head[13] == "1",
        findings=tuple(to_finding(d) for d in [*defects, *extra]),
        ta1=answer,
        answers=tuple(read_answer(elements) for elements in raw.answers),
        groups=tuple(_group(g, m, wanted, is_rejected=is_rejected) for g, m in groups),
    )


def _group(
    raw: RawGroup, messages: list[ReceivedMessage], wanted: Wanted, *, is_rejected: bool
) -> ReceivedGroup:
    functional_id, gs_sender, gs_receiver, created, time, control, _, guide = raw.head
    is_supported = any(
        known.functional_id == functional_id
        and (wanted.names is None or known.name in wanted.names)
        for known in types_of(guide, functional_id)
    )
    if is_rejected or any(d.is_error for d in raw.defects):
        for message in messages:
            message.is_accepted = False
    return ReceivedGroup(
        functional_id=functional_id,
        control_number=control,
        gs_sender=gs_sender.strip(),
        gs_receiver=gs_receiver.strip(),
        date=day(created),
        time=time,
        guide=guide,
        findings=tuple(to_finding(d) for d in raw.defects),
        messages=tuple(messages),
        is_supported=is_supported,
    )
