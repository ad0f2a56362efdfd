"""The outcome letters of IK5 and AK9, and what the codes mean in our own words."""

from cleanclaim.values.acknowledgement import Outcome

LETTER = {
    Outcome.ACCEPTED: "A",
    Outcome.WITH_ERRORS: "E",
    Outcome.PARTIAL: "P",
    Outcome.REJECTED: "R",
}
OUTCOME = {letter: outcome for outcome, letter in LETTER.items()}

SEGMENT_WORDS = {
    "1": "unknown segment",
    "2": "segment not expected here",
    "3": "required segment missing",
    "4": "loop occurs too often",
    "5": "segment occurs too often",
    "6": "segment not in this message",
    "7": "segment out of order",
    "8": "segment has element errors",
    "I4": "segment not used in this guide",
    "I6": "dependent segment missing",
    "I7": "loop occurs too seldom",
    "I8": "segment occurs too seldom",
    "I9": "dependent segment not used",
}
ELEMENT_WORDS = {
    "1": "required element missing",
    "2": "element missing that another one needs",
    "3": "too many elements",
    "4": "element too short",
    "5": "element too long",
    "6": "invalid character",
    "7": "invalid code",
    "8": "invalid date",
    "9": "invalid time",
    "10": "elements exclude each other",
    "12": "too many repetitions",
    "13": "too many components",
    "I6": "code not used in this guide",
    "I9": "dependent element missing",
    "I10": "element not used in this guide",
    "I11": "too few repetitions",
    "I12": "value does not fit the others",
    "I13": "dependent element not used",
}
_SYNTAX = {"IK304": {"1"}, "IK403": {"1", "2", "3", "4", "5", "6", "8", "9", "10", "12", "13"}}


def words(carrier: str, code: str) -> str:
    """What the code means."""
    table = SEGMENT_WORDS if carrier == "IK304" else ELEMENT_WORDS
    return table.get(code, f"code {code}")


def level(carrier: str, code: str) -> int:
    """The SNIP type that the code belongs to: a 999 does not say it."""
    return 1 if code in _SYNTAX.get(carrier, ()) else 2
