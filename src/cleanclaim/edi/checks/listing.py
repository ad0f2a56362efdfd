"""All checks as one page: docs/edi-rules.md is this text."""

from cleanclaim.edi.checks.registry import RULES, Check

_LEVELS = {
    2: "guide, over a whole claim",
    3: "balances",
    4: "situations",
    5: "codes and numbers",
    6: "kinds of claims",
}
_HEAD = """# Checks of the X12 messages

Every check of levels 3 to 7 by name, with what it expects. Syntax and guide (levels 1 and 2) come from the guides;
level 7 is a partner's own rules, given as data (`edi/checks/partner.py`). Each grade can be set by name to `error`,
`warning` or `off`. This page is made from the checks themselves: `python -m cleanclaim.edi.checks.listing > docs/edi-rules.md`.
"""


def page() -> str:
    """The page, in Markdown."""
    out = [_HEAD]
    for level, words in _LEVELS.items():
        out += [f"## Level {level}: {words}", "", "| check | messages | loops | expects | grade |", "| --- | --- | --- | --- | --- |"]  # fmt: skip
        for check in sorted((c for c in RULES.values() if c.level == level), key=_order):
            grade = "error" if check.is_error else "warning"
            loops = " ".join(check.loops) or " ".join(check.tags)
            out.append(f"| `{check.name}` | {' '.join(check.messages)} | {loops} | {check.says} | {grade} |")  # fmt: skip
        out.append("")
    return "\n".join(out)


def _order(check: Check) -> tuple[str, str]:
    return check.messages[0], check.name


if __name__ == "__main__":
    import cleanclaim.edi.checks  # noqa: F401 (registers the checks)

    print(page(), end="")
