"""The clauses of a contract beside its terms, in plain words and in the order in which they are applied."""

from collections.abc import Iterator
from dataclasses import dataclass

from cleanclaim.rules.code_list import CodeList
from cleanclaim.rules.pricing.modifiers import rule as modifiers
from cleanclaim.rules.pricing.multiple_procedures import rule as multiple_procedures
from cleanclaim.rules.pricing.stop_loss import rule as stop_loss
from cleanclaim.rules.pricing.values import Contract


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """One clause: where the contract says so, the key of its kind, what it is about, its codes, what it pays."""

    clause: str
    kind: str
    about: str
    codes: CodeList
    pays: str


def clause_words(contract: Contract) -> Iterator[ClauseWords]:
    """Each clause: modifiers, ranks of several procedures, stop loss."""
    for one in contract.modifiers:
        about = f"modifier {one.modifier}"
        yield ClauseWords(one.clause, "modifiers", about, one.codes, modifiers.words(one))
    for rank in contract.multiple_procedures:
        words = multiple_procedures.words(rank)
        about = "several procedures of a day"
        yield ClauseWords(rank.clause, "multiple_procedures", about, rank.codes, words)
    for stop in contract.stop_loss:
        about = "claims with high charges"
        yield ClauseWords(stop.clause, "stop_loss", about, stop.codes, stop_loss.words(stop))
