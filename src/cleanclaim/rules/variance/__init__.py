"""What a payer should have paid against what it paid: the kind of the difference, its words, its chance."""

from cleanclaim.rules.variance.judge import Answer, Kind, Verdict, judge
from cleanclaim.rules.variance.legs import Sums, answer_of, is_answered, says_of_first, with_legs
from cleanclaim.rules.variance.recover import (
    Chance,
    Said,
    chance_of,
    given_chances,
    missing_after_days,
    recoverability,
)
from cleanclaim.rules.variance.shared import shares_as_paid
from cleanclaim.rules.variance.words import missing_words, price_words

__all__ = [
    "Answer",
    "Chance",
    "Kind",
    "Said",
    "Sums",
    "Verdict",
    "answer_of",
    "chance_of",
    "given_chances",
    "is_answered",
    "judge",
    "missing_after_days",
    "missing_words",
    "price_words",
    "recoverability",
    "says_of_first",
    "shares_as_paid",
    "with_legs",
]
