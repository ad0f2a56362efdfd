"""The page docs/edi-agreement.md: the counts, and every difference with its reason."""

from collections import Counter
from collections.abc import Sequence

from tests.edi.agreement import ACCEPTED, NO_ANSWER, REJECTED, UNSUPPORTED, Pair
from tests.edi.shared_data import ROOT

# Why the two differ, in the order tried: a title, when it applies, and the explanation.
REASONS = (
    (
        "guides that pyx12 has no map of",
        lambda p: p.theirs.said == NO_ANSWER and "Map not found" in p.theirs.why,
        "pyx12 ends with `Map not found` and writes no acknowledgement. We know the guide, or find what is wrong with the "
        "envelope whatever the guide, and name it.",
    ),
    (
        "characters at which pyx12 stops",
        lambda p: p.theirs.said == NO_ANSWER and "UnicodeDecodeError" in p.theirs.why,
        "pyx12 reads ASCII and ends at the first other character. We keep it and remark its place.",
    ),
    (
        "other failures of pyx12",
        lambda p: p.theirs.said == NO_ANSWER,
        "pyx12 ends with an error of its own: an interchange of nothing but a TA1.",
    ),
    (
        "balances",
        lambda p: p.theirs.said == ACCEPTED and " I12:" in p.ours.why,
        "pyx12 adds nothing up. The file was made not to balance, and we say where.",
    ),
    (
        "4010",
        lambda p: p.theirs.said == ACCEPTED and p.ours.said == UNSUPPORTED,
        "pyx12 has maps of 4010A1, which is out of use since 2012. We read its envelope and answer that the guide is not supported.",
    ),
    (
        "header",
        lambda p: "does not look like an X12" in p.theirs.why,
        "pyx12 wants the file to begin with an ISA of a version that it knows. We look for the ISA behind blanks, line ends and "
        "text, read it by its separators, and take version 00400 with a remark.",
    ),
    (
        "contact of an 835",
        lambda p: "Payer Technical Contact" in p.theirs.why,
        "The guide requires PER*BL in 1000A and many payers leave it out. We remark it and accept.",
    ),
    (
        "state and ZIP codes",
        lambda p: "State Code" in p.theirs.why or "ZIP Code" in p.theirs.why,
        "Code lists and the nine digits of a billing provider's ZIP are levels 4 and 5 with us: findings about the claim, "
        "not a syntax error of the message.",
    ),
    (
        "context in a 999",
        lambda p: "CTX" in p.theirs.why,
        "pyx12 reads the repeated composite CTX01 as one value, or counts both kinds of CTX together. The guide has one "
        "for the business unit and up to nine for situational triggers.",
    ),
    (
        "TA1 only",
        lambda p: "Functional Group Header" in p.theirs.why,
        "pyx12 wants a group in every interchange. One that brings a TA1 has none.",
    ),
    (
        "status of a provider in a 277CA",
        lambda p: "Billing Provider Status" in p.theirs.why,
        "pyx12 requires an STC wherever a provider has a trace (2200C). We take it as situational, as this sender does.",
    ),
)  # fmt: skip


def page(pairs: Sequence[Pair]) -> str:
    """The whole page.

    Raises:
        ValueError: a difference has no reason yet.
    """
    agreed = [pair for pair in pairs if pair.is_agreed]
    differing = [pair for pair in pairs if not pair.is_agreed]
    rows = [
        "# Agreement with pyx12",
        "",
        f"The verdicts of pyx12 4.0.0 and of cleanclaim (levels 1 to 3) on the {len(pairs)} files of the sample collection: "
        f"{len(agreed)} agree, {len(differing)} differ. A byte order mark, at which pyx12 stops, was taken away before "
        "pyx12 saw the file. That we call a guide unsupported and pyx12 has no map of it counts as agreement.",
        "",
        "Made by `python -m tests.edi.agreement --peer <interpreter with pyx12> --write docs/edi-agreement.md`.",
        "Neither side is the truth: [the harness](../tests/edi/test_index.py) holds us to the collection's own index.",
        "",
        "## Counts",
        "",
        "| cleanclaim | pyx12 | files | |",
        "| --- | --- | ---: | --- |",
    ]
    counts = Counter((pair.ours.said, pair.theirs.said, pair.is_agreed) for pair in pairs)
    order = (ACCEPTED, REJECTED, UNSUPPORTED, NO_ANSWER)
    for ours, theirs, same in sorted(
        counts, key=lambda k: (not k[2], order.index(k[0]), order.index(k[1]))
    ):
        word = "agree" if same else "differ"
        rows.append(f"| {ours} | {theirs} | {counts[ours, theirs, same]} | {word} |")
    by_reason: dict[str, list[Pair]] = {title: [] for title, _, _ in REASONS}
    for pair in differing:
        by_reason[_reason(pair)].append(pair)
    for title, _, words in REASONS:
        if by_reason[title]:
            rows += [
                "",
                f"## {title[0].upper()}{title[1:]} ({len(by_reason[title])})",
                "",
                words,
                "",
            ]
            rows += _table(by_reason[title])
    return "\n".join(rows) + "\n"


def _reason(pair: Pair) -> str:
    for title, applies, _ in REASONS:
        if applies(pair):
            return title
    raise ValueError(f"{pair.sample.path.name}: nothing explains {pair.ours} and {pair.theirs}")


def _table(pairs: Sequence[Pair]) -> list[str]:
    rows = ["| file | index | cleanclaim | pyx12 |", "| --- | --- | --- | --- |"]
    for pair in pairs:
        name = "/".join(pair.sample.path.relative_to(ROOT).parts[-2:])
        ours = pair.ours.said if not pair.ours.why else f"{pair.ours.said}: {pair.ours.why}"
        theirs = (
            pair.theirs.said if not pair.theirs.why else f"{pair.theirs.said}: {pair.theirs.why}"
        )
        what = f"{pair.sample.transaction} {pair.sample.version}".strip()
        rows.append(
            f"| {_cell(name)} | {pair.sample.status} {what} | {_cell(ours)} | {_cell(theirs)} |"
        )
    return rows


def _cell(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text).replace("|", "/")
    return plain if len(plain) <= 110 else plain[:107] + "..."
