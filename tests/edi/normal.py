"""One canonical form of an 837 or 835, written without the engine, to compare what was sent with what we send.

Nothing but freedom of form is taken away: blanks and line ends, trailing separators, needless zeroes, the order of
alike neighbours (REF, DTP, DTM, AMT, HI, and in an 835 NM1), how adjustments of one group and pairs of one PLB are
spread over segments, how codes of one list are spread over HIs, and how claims share HL levels.
"""

import re
from decimal import Decimal

NUMBERS = {
    "CLM": (2,), "SV1": (2, 4), "AMT": (2,), "SVD": (2, 5), "CTP": (4,), "BPR": (2,), "CLP": (3, 4, 5),
    "SVC": (2, 3, 5, 7), "CAS": tuple(k for n in range(3, 20, 3) for k in (n, n + 1)),
    "PLB": (4, 6, 8, 10, 12, 14), "SV2": (3, 5, 7), "SV3": (2, 6), "DN1": (1, 2), "LX": (1,), "QTY": (2,),
    "ADX": (1,), "RMR": (4, 5), "SLN": (4,), "EB": (7, 8, 10), "HSD": (2, 4), "STC": (4, 5),
}  # fmt: skip
# Lists of an institutional claim that may take two HIs.
HI_LISTS = {
    code: codes
    for codes in (("ABF", "BF"), ("BBQ", "BQ"), ("BI",), ("BH",), ("BE",), ("BG",), ("TC",))
    for code in codes
}
UNORDERED = ("REF", "DTP", "DTM", "AMT", "HI")


def messages(data: bytes) -> list[list[str]]:
    """Every message's canonical segments, ST and SE left out."""
    text = data.decode("utf-8-sig")
    found = []
    for part in re.split(r"(?=ISA\W..\W)", text):
        if not part.startswith("ISA"):
            continue
        element = part[3]
        tail = part.split(element)[16]
        component, terminator = tail[0], tail[1]
        repetition = part.split(element)[11]
        if not repetition.isalnum():
            part = part.replace(repetition, "^")
        body = [s.strip(" \r\n") for s in part.split(terminator)]
        rows = [[e.split(component) for e in s.split(element)] for s in body if s]
        starts = [k for k, row in enumerate(rows) if row[0] == ["ST"]]
        for start in starts:
            end = next(k for k in range(start, len(rows)) if rows[k][0] == ["SE"])
            found.append(_canonical([_plain(row) for row in rows[start + 1 : end]]))
    return found


def _plain(row: list[list[str]]) -> list[str]:
    tag = row[0][0]
    out = [":".join(parts).rstrip(":") if len(parts) > 1 else parts[0] for parts in row]
    for place in NUMBERS.get(tag, ()):
        if place < len(out) and out[place]:
            number = format(Decimal(out[place]), "f")
            out[place] = number.rstrip("0").rstrip(".") if "." in number else number
    if tag == "HI":
        out[1:] = [_plain_code(text) for text in out[1:]]
    if tag == "CLP" and out[5] == "0":
        out[5] = ""
    while out[-1] == "":
        out.pop()
    return out


def _plain_code(text: str) -> str:
    parts = text.split(":")
    if len(parts) == 5 and parts[0] == "BE":
        parts[4] = format(Decimal(parts[4]).normalize(), "f")
    return ":".join(parts)


def _canonical(rows: list[list[str]]) -> list[str]:
    is_claim = any(row[0] == "CLM" for row in rows)
    merged = _merge(rows)
    kinds = UNORDERED if is_claim else (*UNORDERED, "NM1")
    ordered: list[list[str]] = []
    run: list[list[str]] = []
    for row in [*merged, [""]]:
        if run and row[0] != run[0][0]:
            ordered += sorted(run)
            run = []
        if row[0] in kinds:
            run.append(row)
        else:
            ordered.append(row)
    text = ["*".join(row) for row in ordered if row != [""]]
    return _claims_alone(text) if is_claim else text


def _merge(rows: list[list[str]]) -> list[list[str]]:
    out: list[list[str]] = []
    for row in rows:
        before = out[-1] if out else [""]
        if row[0] == before[0] == "CAS" and row[1] == before[1]:
            before += [""] * (-(len(before) - 2) % 3)
            before += row[2:]
        elif row[0] == before[0] == "PLB" and row[1:3] == before[1:3]:
            before += row[3:]
        elif row[0] == before[0] == "HI" and _hi_list(row) and _hi_list(row) == _hi_list(before):
            before += row[1:]
        else:
            out.append(list(row))
    return out


def _hi_list(row: list[str]) -> tuple[str, ...]:
    return HI_LISTS.get(row[1].partition(":")[0], ())


def _claims_alone(text: list[str]) -> list[str]:
    """Each claim with all that stands above it, so that shared levels do not matter."""
    head: list[str] = []
    levels: dict[str, list[str]] = {}
    open_at, out = head, []
    for row in text:
        if row.startswith("HL*"):
            level = row.split("*")[3]
            levels = {k: v for k, v in levels.items() if k < level}
            open_at = levels[level] = []
        elif row.startswith("CLM*"):
            out += [line for level in sorted(levels) for line in levels[level]]
            open_at = out
            open_at.append(row)
        else:
            open_at.append(row)
    return head + out
