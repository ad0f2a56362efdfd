"""Acknowledgements that others send: what they say of our files survives, and what is odd in them is told."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanclaim.edi import Delimiters, read_file, write_999, write_ta1
from cleanclaim.edi.ack999.codes import words
from cleanclaim.values.acknowledgement import (
    Context,
    InterchangeAnswer,
    MessageAnswer,
    Outcome,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from tests.edi.people import ENVELOPE

_contexts = st.lists(
    st.builds(
        Context,
        st.lists(
            st.sampled_from([("CLM01", "C1"), ("SITUATIONAL TRIGGER", ""), ("NM109", "H1")]),
            min_size=1, max_size=3,
        ).map(tuple),
        st.sampled_from(["", "CLM"]), st.integers(0, 99), st.sampled_from(["", "2300"]),
        st.integers(1, 9), st.integers(1, 3), st.integers(1, 2), st.sampled_from([(), ("1325",), ("C023", "1325"), ("235", "234")]),
    ),
    max_size=2,
).map(tuple)  # fmt: skip


def _segment_finding(position: int, contexts) -> SyntaxFinding:
    return SyntaxFinding(
        2, "IK304", "I6", words("IK304", "I6"), position, "2300", "REF", contexts=contexts
    )


def _element_finding(position: int, contexts, element_contexts) -> SyntaxFinding:
    return SyntaxFinding(
        2, "IK403", "I12", words("IK403", "I12"), position, "2300", "CLM", 2, 0, 0, "100.5", contexts=contexts,
        element_contexts=element_contexts,
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(_contexts, _contexts, _contexts, st.sampled_from(["^", "`", "!"]))
def test_a_999_survives_with_its_contexts_whatever_separates_repetitions(one, two, three, mark):
    findings = (_segment_finding(22, one), _element_finding(40, two, three))
    answer = MessageAnswer("837", "0001", "005010X222A1", Outcome.REJECTED, ("I5",), findings)
    sent = SyntaxAcknowledgement(
        "HC", "17", "005010X222A1", Outcome.REJECTED, 1, 1, 0, ("1",), (answer,)
    )

    data = write_999([sent], envelope=ENVELOPE, delimiters=Delimiters(repetition=mark))

    message = next(read_file(data).messages)
    assert message.acknowledgement() == sent
    assert message.findings == ()


def _ta1(*answer: str):
    data = write_ta1(InterchangeAnswer(*answer), envelope=ENVELOPE)
    return read_file(data).interchanges[0]


def test_a_ta1_in_order_brings_its_answer_and_no_findings():
    interchange = _ta1("000000041", "260302", "0815", "R", "023")

    assert interchange.findings == ()
    assert interchange.answers == (InterchangeAnswer("000000041", "260302", "0815", "R", "023"),)
    assert interchange.is_accepted


def test_an_answer_that_is_none_refuses_the_interchange():
    interchange = _ta1("000000041", "260302", "0815", "Q", "000")

    assert [(f.segment, f.element, f.is_error) for f in interchange.findings] == [("TA1", 4, True)]
    assert not interchange.is_accepted


def test_other_oddities_of_a_ta1_are_remarked():
    interchange = _ta1("41", "261302", "2460", "A", "032")

    assert [(f.element, f.is_error) for f in interchange.findings] == [
        (1, False), (2, False), (3, False), (5, False)
    ]  # fmt: skip
    assert interchange.is_accepted
    assert not interchange.wants_ta1
