"""The guides of the institutional and dental claim, defect by defect: what is refused where, and what is not."""

from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import read_file, syntax_acknowledgements
from cleanclaim.edi.guides import guide_for
from cleanclaim.wire.x12.guide import UNLIMITED, Loop

FOLDER = Path(cleanclaim.edi.__file__).parent
INPATIENT, CROSSOVER, HOME = (
    (FOLDER / "hc837i/samples" / f"{name}.edi").read_bytes()
    for name in ("inpatient", "medicare_crossover", "home_health_hospice_snf")
)
ORTHO, SECOND = (
    (FOLDER / "hc837d/samples" / f"{name}.edi").read_bytes()
    for name in ("orthodontics_and_fillings", "predetermination_secondary")
)


def _errors(data: bytes) -> list[tuple[str, str, str, str, int, int]]:
    message = next(read_file(_counted(data)).messages)
    return [
        (f.carrier, f.code, f.loop, f.segment, f.element, f.component)
        for f in message.findings
        if f.is_error
    ]


def _counted(data: bytes) -> bytes:
    """The file with its SE01 right again."""
    rows = data.split(b"~\n")
    start = next(n for n, row in enumerate(rows) if row.startswith(b"ST*"))
    end = next(n for n, row in enumerate(rows) if row.startswith(b"SE*"))
    rows[end] = b"SE*%d*0001" % (end - start + 1)
    return b"~\n".join(rows)


REFUSED = [
    # (file, what, by what, findings)
    (INPATIENT, b"11:A:1**A", b"11:B:1**A", [("IK403", "7", "2300", "CLM", 5, 2)]),
    (INPATIENT, b"11:A:1**A*Y", b"11:A:1**P*Y", [("IK403", "7", "2300", "CLM", 7, 0)]),
    (INPATIENT, b"DTP*434*RD8*20260203-20260207~\n", b"", [("IK304", "3", "2300", "DTP", 0, 0)]),
    (INPATIENT, b"434*RD8*20260203-20260207", b"434*D8*20260203", [("IK403", "7", "2300", "DTP", 2, 0)]),
    (INPATIENT, b"435*DT*202602031420", b"435*DT*20260203", [("IK403", "8", "2300", "DTP", 3, 0)]),
    (INPATIENT, b"096*TM*1130", b"096*TM*2530", [("IK403", "9", "2300", "DTP", 3, 0)]),
    (INPATIENT, b"CL1*1*1*01~\n", b"", [("IK304", "3", "2300", "CL1", 0, 0)]),
    (INPATIENT, b"CL1*1*1*01", b"CL1**1*01", [("IK403", "1", "2300", "CL1", 1, 0)]),
    (INPATIENT, b"CL1*1*1*01", b"CL1*1*1", [("IK403", "1", "2300", "CL1", 3, 0)]),
    (INPATIENT, b"CL1*1*1*01", b"CL1*10*1*01", [("IK403", "5", "2300", "CL1", 1, 0)]),
    (INPATIENT, b"AMT*F3*500", b"AMT*F5*500", [("IK403", "7", "2300", "AMT", 1, 0)]),
    (INPATIENT, b"NTE*ADD*", b"NTE*CER*", [("IK403", "7", "2300", "NTE", 1, 0)]),
    (INPATIENT, b"HI*ABK:K3580:::::::Y~\n", b"", [("IK304", "3", "2300", "HI", 0, 0)]),
    (INPATIENT, b"ABK:K3580:::::::Y", b"ABK:K3580:::::::1", [("IK403", "7", "2300", "HI", 1, 9)]),
    (INPATIENT, b"HI*ABJ:R1031", b"HI*ABJ:R1031*ABJ:R1032", []),  # not used: a remark
    (INPATIENT, b"HI*ABJ:R1031", b"HI*ABJ", [("IK403", "1", "2300", "HI", 1, 2)]),
    (INPATIENT, b"HI*ABJ:R1031", b"HI*ABX:R1031", [("IK403", "7", "2300", "HI", 1, 0)]),
    (INPATIENT, b"HI*BG:C1*BG:40", b"HI*BG:C1*BH:40", [("IK403", "7", "2300", "HI", 2, 1)]),
    (INPATIENT, b"HI*DR:343", b"HI*DR:343~\nHI*DR:344", [("IK304", "5", "2300", "HI", 0, 0)]),
    (INPATIENT, b"BH:11:D8:20260202", b"BH:11:D8:20260230", [("IK403", "8", "2300", "HI", 1, 4)]),
    (INPATIENT, b"BH:11:D8:20260202", b"BH:11:RD8:20260202", [("IK403", "7", "2300", "HI", 1, 3)]),
    (INPATIENT, b"RD8:20260110-20260112", b"RD8:20260110", [("IK403", "8", "2300", "HI", 1, 4)]),
    (INPATIENT, b"BE:80:::4*", b"BE:80:::X*", [("IK403", "6", "2300", "HI", 1, 5)]),
    (INPATIENT, b"BE:80:::4*", b"BE:80*", [("IK403", "1", "2300", "HI", 1, 5)]),
    (INPATIENT, b"PRV*AT*", b"PRV*PE*", [("IK403", "7", "2310A", "PRV", 1, 0)]),
    (INPATIENT, b"NM1*71*1*STONE", b"NM1*71*2*STONE", [("IK403", "7", "2310A", "NM1", 2, 0)]),
    (INPATIENT, b"SV2*0120**6000*DA*4", b"SV2*0120**6000*MJ*4", [("IK403", "7", "2400", "SV2", 4, 0)]),
    (INPATIENT, b"SV2*0120**6000*DA*4", b"SV2***6000*DA*4",
     [("IK403", "1", "2400", "SV2", 1, 0)]),
    (INPATIENT, b"SV2*0120**6000*DA*4~\n", b"", [("IK304", "3", "2400", "SV2", 0, 0)]),
    (INPATIENT, b"SV2*0360**", b"SV2*0360*AD:D0120*", [("IK403", "7", "2400", "SV2", 2, 1)]),
    (INPATIENT, b"NM1*85*2*LAKESIDE", b"NM1*85*1*LAKESIDE", [("IK403", "7", "2010AA", "NM1", 2, 0)]),
    (INPATIENT, b"REF*EI*310000002", b"REF*SY*310000002",
     [("IK403", "7", "2010AA", "REF", 1, 0), ("IK304", "3", "2010AA", "REF", 0, 0)]),
    (CROSSOVER, b"MIA*4***", b"MIA****", [("IK403", "1", "2320", "MIA", 1, 0)]),
    (CROSSOVER, b"OI***Y***Y~\nMIA", b"MIA", [("IK304", "3", "2320", "OI", 0, 0)]),
    (CROSSOVER, b"NM1*71*1~\nREF*G2*A4471~\n", b"NM1*71*1~\n", [("IK304", "3", "2330C", "REF", 0, 0)]),
    (CROSSOVER, b"HC:J9035:JW*0636*20", b"HC:J9035:JW**20", [("IK403", "1", "2430", "SVD", 4, 0)]),
    (CROSSOVER, b"CTP****4*ML~\n", b"", [("IK304", "3", "2410", "CTP", 0, 0)]),
    (CROSSOVER, b"CAS*CO*45*2000~\n", b"CAS*XX*45*2000~\n", [("IK403", "7", "2320", "CAS", 1, 0)]),
    (HOME, b"SV2*0023*HP:2CB31", b"SV2*0023*ZZ:2CB31", [("IK403", "7", "2400", "SV2", 2, 1)]),
    (ORTHO, b"5200***11:B:1*Y*A", b"5200***11:B:1**A", [("IK403", "1", "2300", "CLM", 6, 0)]),
    (ORTHO, b"5200***11:B:1*Y*A", b"5200***11:B:1*Y*B", [("IK403", "7", "2300", "CLM", 7, 0)]),
    (ORTHO, b"DN2*16*E*", b"DN2*16*X*", [("IK403", "7", "2300", "DN2", 2, 0)]),
    (ORTHO, b"DN2*16*E*", b"DN2*16**", [("IK403", "1", "2300", "DN2", 2, 0)]),
    (ORTHO, b"DN2*16*E****JP", b"DN2*16*E", [("IK403", "1", "2300", "DN2", 6, 0)]),
    (ORTHO, b"DN1*24*", b"DN1*XX*", [("IK403", "6", "2300", "DN1", 1, 0)]),
    (ORTHO, b"TOO*JP*14*M:O", b"TOO*JP*14*M:Q", [("IK403", "7", "2400", "TOO", 3, 2)]),
    (ORTHO, b"TOO*JP*14*M:O", b"TOO*JO*14*M:O", [("IK403", "7", "2400", "TOO", 1, 0)]),
    (ORTHO, b"SV3*AD:D2392", b"SV3*HC:D2392", [("IK403", "7", "2400", "SV3", 1, 1)]),
    (ORTHO, b"SV3*AD:D6740*1000***R", b"SV3*AD:D6740*1000***X", [("IK403", "7", "2400", "SV3", 5, 0)]),
    (ORTHO, b"PRV*AS*", b"PRV*PE*", [("IK403", "7", "2310D", "PRV", 1, 0)]),
    (ORTHO, b"REF*G1*ORTHO77", b"REF*EA*ORTHO77", [("IK403", "7", "2300", "REF", 1, 0)]),
    (SECOND, b"*Y*Y**********PB", b"*Y*Y**********XX", [("IK403", "7", "2300", "CLM", 19, 0)]),
    (SECOND, b"PWK*RB*", b"PWK*AS*", [("IK403", "7", "2300", "PWK", 1, 0)]),
    (SECOND, b"SVD*99004*120*AD:D7140**1~\n", b"SVD*99004*120***1~\n", [("IK403", "1", "2430", "SVD", 3, 0)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "what", "by", "expected"), REFUSED, ids=lambda value: str(value)[:30]
)
def test_a_defect_is_named_where_it_stands(data, what, by, expected):
    assert data.count(what) >= 1

    found = _errors(data.replace(what, by, 1))

    assert [finding for finding in found if finding in expected] == expected
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("data", "what", "by"),
    [
        (INPATIENT, b"CL1*1*1*01", b"CL1*1**01"),
        (INPATIENT, b"HI*ABF:E119:::::::Y", b"HI*ABF:E119:::::::Y*ABF:E785~\nHI*ABF:E669"),
        (INPATIENT, b"REF*G1*AUTH55", b"REF*LX*IDE1~\nREF*LX*IDE2~\nREF*G4*PRO1~\nREF*P4*DEMO"),
        (INPATIENT, b"NTE*ADD*", b"NTE*DGN*SEE CHART~\nNTE*DME*CANE~\nNTE*ADD*"),
        (INPATIENT, b"HI*ABJ:R1031", b"HI*ABJ:R1031~\nHI*APR:R1031*APR:R110*APR:R509"),
        (INPATIENT, b"HI*BG:C1*BG:40", b"HI*BG:C1*BG:40~\nHI*BG:41~\nHI*TC:A01"),
        (INPATIENT, b"HI*BG:C1*BG:40", b"HI*BG:C1~\nHCP*10*900*100*ORG1"),
        (CROSSOVER, b"MIA*4***8364", b"MIA*4**2*8364"),
        (CROSSOVER, b"AMT*EAF*40~\n", b""),
        (HOME, b"NM1*87*2~\nN3*PO BOX 55~\nN4*DAYTON*OH*454020055~\n", b""),
        (ORTHO, b"DN2*1*M****JP~\nDN2*16*E****JP~\n", b"DN2*1*M****JP~\n" * 35),
        (ORTHO, b"HI*ABK:K0262*ABF:K0381", b"HI*TQ:K0262*TQ:K0381"),
        (ORTHO, b"DTP*472*D8*20260210~\nDN1*24*24**LIMITED TO UPPER ARCH", b"DN1**12"),
        (SECOND, b"SV3*AD:D0140*100****1", b"SV3*AD:D0140*100"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_the_guide_allows_is_accepted(data, what, by):
    assert data.count(what) >= 1

    assert _errors(data.replace(what, by, 1)) == []


@pytest.mark.parametrize(
    ("data", "what", "by", "most", "loop"),
    [
        (INPATIENT, b"CL1*1*1*01", b"CL1*1*1*01", 1, "2300"),
        (INPATIENT, b"REF*EA*MR90210", b"REF*LX*IDE1", 5, "2300"),
        (
            INPATIENT,
            b"NTE*ADD*PATIENT TRANSFERRED FROM CLINIC BY OWN CAR",
            b"NTE*DGN*A",
            10,
            "2300",
        ),
        (INPATIENT, b"HI*BG:C1*BG:40", b"HI*BG:41", 2, "2300"),
        (INPATIENT, b"HI*BH:11:D8:20260202", b"HI*BH:11:D8:20260202", 2, "2300"),
        (INPATIENT, b"HI*DR:343", b"HI*DR:343", 1, "2300"),
        (ORTHO, b"DN2*1*M****JP~\nDN2*16*E****JP", b"DN2*1*M****JP", 35, "2300"),
        (ORTHO, b"REF*G1*ORTHO77", b"NTE*ADD*SEE CHART", 5, "2300"),
        (ORTHO, b"TOO*JP*14*M:O", b"TOO*JP*14", 32, "2400"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_segment_stands_as_often_as_the_guide_says(data, what, by, most, loop):
    assert data.count(what) == 1
    too_often = ("IK304", "5", loop, by.split(b"*")[0].decode(), 0, 0)

    allowed = _errors(data.replace(what, b"~\n".join([by] * most)))
    refused = _errors(data.replace(what, b"~\n".join([by] * (most + 1))))

    assert too_often not in allowed
    assert too_often in refused


@pytest.mark.parametrize("end", ["", "A1", "A2", "A3"])
@pytest.mark.parametrize(
    ("data", "written"), [(INPATIENT, b"005010X223A2"), (ORTHO, b"005010X224A2")]
)
def test_all_revisions_of_a_guide_are_read_alike(data, written, end):
    other = data.replace(written, written[:-2] + end.encode())

    message = next(read_file(other).messages)

    assert message.is_accepted


@pytest.mark.parametrize("guide", [b"004010X096A1", b"004010X097A1", b"005010X291", b"005010X292"])
def test_other_guides_are_answered_as_unsupported(guide):
    received = read_file(INPATIENT.replace(b"005010X223A2", guide))

    ack = syntax_acknowledgements(received.interchanges[0])[0]

    assert not received.is_accepted
    assert ack.outcome == "rejected"
    assert [answer.codes for answer in ack.messages] == [("I6",)]


@pytest.mark.parametrize("name", ["837P", "837I", "837D"])
def test_the_readme_shows_every_loop_of_the_guide(name):
    text = (FOLDER / f"hc{name.lower()}" / "README.md").read_text("utf-8")
    rows = [line for line in text.split("```")[1].splitlines() if " x" in line]
    shown = {row.split()[0]: row.split(": ")[1].split() for row in rows}
    usage = {row.split()[0]: row.split()[1:3] for row in rows}

    loops = {loop.id: loop for loop in guide_for(name).loops()}

    assert shown == {key: _tags(loop) for key, loop in loops.items()}
    assert usage == {key: _usage(key, loop) for key, loop in loops.items()}


def _tags(loop: Loop) -> list[str]:
    return list(dict.fromkeys(item.tag for item in loop.items if not isinstance(item, Loop)))


def _usage(loop_id: str, loop: Loop) -> list[str]:
    most = "*" if loop.most == UNLIMITED else str(loop.most)
    # Of the two places of a claim the last one in the README is the patient's, where it is required.
    return ["R" if loop_id == "2300" else loop.usage, f"x{most}"]
