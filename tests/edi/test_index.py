"""The whole collection of foreign files against its index: every file meets its expected verdict.

Whatever guide is registered is held to it: valid files are accepted or stand in `objections` with a reason; valid
files of other guides get exactly the unsupported answer; invalid ones are refused with the stated code at the
stated place; doubtful ones get the objection that is written down.
"""

import pytest

from cleanclaim.edi import Received, read_file, syntax_acknowledgements
from cleanclaim.edi.guides import message_type
from cleanclaim.kernel.errors import InputError
from tests.edi.objections import ANSWERED_OTHERWISE, OBJECTIONS, UNREADABLE
from tests.edi.shared_data import ROOT, Sample, needs_samples, samples
from tests.edi.verdicts import Stated, stated

pytestmark = needs_samples
ALL = samples()


def _key(sample: Sample) -> str:
    return sample.path.relative_to(ROOT).as_posix()


def _of(*statuses: str) -> list[Sample]:
    return [s for s in ALL if s.status in statuses and _key(s) not in UNREADABLE]


def _findings(received: Received) -> list:
    found = [f for message in received.messages for f in message.findings]
    for interchange in received.interchanges:
        found += [*interchange.findings, *(f for g in interchange.groups for f in g.findings)]
    return found


def _is_known(received: Received) -> bool:
    groups = [group for interchange in received.interchanges for group in interchange.groups]
    return all(message_type(group.guide, group.functional_id) for group in groups)


def _assert_answered_as_unsupported(received: Received) -> None:
    """Every message of an unknown guide: refused for that (I6) and nothing within it judged; its group: AK905 1 or 2."""
    for interchange in received.interchanges:
        for group in interchange.groups:
            if message_type(group.guide, group.functional_id):
                continue
            assert all(not m.is_accepted for m in group.messages)
            assert all({"I6"} <= {f.code for f in m.findings} for m in group.messages)
            assert {f.position for m in group.messages for f in m.findings} <= {0}
        for ack in syntax_acknowledgements(interchange):
            assert ack.outcome == "rejected"
            assert {"1", "2"} & set(ack.codes)
            assert all("I6" in answer.codes for answer in ack.messages)


def test_the_index_is_whole():
    assert len(ALL) == 339
    assert {s.status for s in ALL} == {"valid", "valid?", "invalid"}
    known = {_key(s) for s in ALL}
    assert set(OBJECTIONS) | set(UNREADABLE) | set(ANSWERED_OTHERWISE) <= known


@pytest.mark.parametrize("sample", _of("valid", "valid?"), ids=_key)
def test_good_files_are_accepted_or_objected_to_for_the_written_reason(sample):
    received = read_file(sample.path.read_bytes())
    refusals = {
        (f.carrier, f.code, f.segment) for f in _findings(received) if f.is_error and f.level <= 3
    }

    objection = OBJECTIONS.get(_key(sample))
    if objection:
        assert (objection.carrier, objection.code, objection.segment) in refusals, objection.why
        assert not received.is_accepted
    elif _is_known(received):
        assert received.is_accepted, refusals
        assert refusals == set()
    else:
        # Nothing but the guide is wrong: that is the whole answer.
        assert refusals == {("IK502", "I6", "ST")}
        _assert_answered_as_unsupported(received)


@pytest.mark.parametrize("sample", _of("invalid"), ids=_key)
def test_bad_files_are_refused_with_the_stated_code_at_the_stated_place(sample):
    received = read_file(sample.path.read_bytes())
    errors = [f for f in _findings(received) if f.is_error]

    assert not received.is_accepted
    states = stated(sample)
    otherwise = ANSWERED_OTHERWISE.get(_key(sample))
    if otherwise:
        states = [Stated(otherwise.carrier, otherwise.code, otherwise.segment)]
    elif not _is_known(received):
        states = [state for state in states if state.is_of_envelope]
    for state in states:
        assert any(state.fits(f) for f in errors), (state, errors)
    if not _is_known(received):
        _assert_answered_as_unsupported(received)
    else:
        assert states, f"nothing could be read from {sample.expected!r}"


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_what_is_no_interchange_is_said_to_be_none(name):
    with pytest.raises(InputError, match="byte 0"):
        read_file((ROOT / name).read_bytes())
