"""The guides of enrollment, premium, attachment and acknowledgement, defect by defect: what is refused, and where."""

from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import read_file

FOLDER = Path(cleanclaim.edi.__file__).parent
FAMILY, BILL, PEOPLE, NOTE, DOCUMENTS, OLD, ANSWER = (
    (FOLDER / name).read_bytes()
    for name in (
        "hc834/samples/family_and_leaver.edi", "hc820/samples/group_bill.edi",
        "hc820/samples/individual_premiums.edi", "hc275/samples/note_as_asked_for.edi",
        "hc275/samples/two_documents.edi", "ack997/samples/one_refused.edi",
        "ack999/samples/with_contexts.edi",
    )
)  # fmt: skip


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


def _e(code: str, loop: str, segment: str, element: int, component: int = 0):
    return ("IK403", code, loop, segment, element, component)


def _s(code: str, loop: str, segment: str):
    return ("IK304", code, loop, segment, 0, 0)


ENROLLMENT = [
    (b"BGN*00*", b"BGN*01*", [_e("7", "834", "BGN", 1)]),
    (b"0815*ET***4", b"0815*ET", [_e("1", "834", "BGN", 8)]),
    (b"0815*ET***4", b"0815*XX***4", [_e("7", "834", "BGN", 5)]),
    (b"20260302*0815*ET", b"20260302**ET", [_e("1", "834", "BGN", 4), _e("2", "834", "BGN", 4)]),
    (
        b"DTP*007*D8*20260301~\nQTY",
        b"DTP*007*RD8*20260301~\nQTY",
        [_e("7", "834", "DTP", 2), _e("8", "834", "DTP", 3)],
    ),
    (b"N1*P5*MAPLE MILL COMPANY*FI*310000001~\n", b"", [_s("3", "1000A", "N1")]),
    (b"N1*IN*HARBOR HEALTH PLAN*XV*", b"N1*IN*HARBOR HEALTH PLAN*24*", [_e("7", "1000B", "N1", 3)]),
    (b"N1*TV*WILLOW ADMINISTRATORS*", b"N1*TV**", [_e("1", "1000C", "N1", 2)]),
    (b"ACT*77-0042", b"ACT**77-0042", [_e("1", "1100C", "ACT", 1)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Q*18*021*28*A*E", [_e("7", "2000", "INS", 1)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Y*99*021*28*A*E", [_e("7", "2000", "INS", 2)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Y*18*002*28*A*E", [_e("7", "2000", "INS", 3)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Y*18*021*99*A*E", [_e("7", "2000", "INS", 4)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Y*18*021*28**E", [_e("1", "2000", "INS", 5)]),
    (b"INS*Y*18*021*28*A*E", b"INS*Y*18*021*28*A*F", [_e("7", "2000", "INS", 6, 1)]),
    (b"28*A*E**FT", b"28*A*E**FT***D8", [_e("2", "2000", "INS", 12)]),
    (b"28*A*E**FT", b"28*A*E**FT***D8*20261301", [_e("8", "2000", "INS", 12)]),
    (b"REF*0F*H100200411~\n", b"", [_s("3", "2000", "REF")]),
    (b"REF*0F*H100200411", b"REF*0F*H100200411~\nREF*0F*H2", [_s("5", "2000", "REF")]),
    (b"REF*23*CARD-01", b"REF*6P*CARD-01", [_e("7", "2000", "REF", 1)]),
    (b"DTP*357*D8*20260228", b"DTP*348*D8*20260228", [_e("7", "2000", "DTP", 1)]),
    (b"NM1*IL*1*CHO*MIN~\n", b"", [_s("3", "2100A", "NM1")]),
    (b"NM1*IL*1*CHO*MIN", b"NM1*IL*2*CHO*MIN", [_e("7", "2100A", "NM1", 2)]),
    (b"NM1*IL*1*CHO*MIN", b"NM1*IL*1**MIN", [_e("1", "2100A", "NM1", 3)]),
    (b"NM1*IL*1*CHO*MIN", b"NM1*IL*1*CHO*MIN****MI*H1", [_e("7", "2100A", "NM1", 8)]),
    (b"PER*IP**HP*", b"PER*IC**HP*", [_e("7", "2100A", "PER", 1)]),
    (
        b"N4*COLUMBUS*OH*432150001**CY*FRANKLIN",
        b"N4*COLUMBUS*OH*432150001***FRANKLIN",
        [_e("2", "2100A", "N4", 5)],
    ),
    (b"DMG*D8*19800517*F*M", b"DMG*D8*19800517**M", [_e("1", "2100A", "DMG", 3)]),
    (b"C:RET:2106-3^H*1", b"C:RET:2106-3^L*1", [_e("7", "2100A", "DMG", 5, 1)]),
    (b"EC*07", b"EC*99", [_e("7", "2100A", "EC", 1)]),
    (b"ICM*4*3250.5", b"ICM*4*", [_e("1", "2100A", "ICM", 2)]),
    (b"HLH*N*64*150", b"HLH*Y*64*150", [_e("7", "2100A", "HLH", 1)]),
    (b"LUI*LE*SPA**7", b"LUI*LE***7", [_e("2", "2100A", "LUI", 2), _e("2", "2100A", "LUI", 2)]),
    (b"N3*PO BOX 12~\n", b"", [_s("3", "2100C", "N3")]),
    (
        b"NM1*36*2*MAPLE MILL COMPANY*****24*",
        b"NM1*36*2*MAPLE MILL COMPANY*****XX*",
        [_e("7", "2100D", "NM1", 8)],
    ),
    (b"NM1*S3*1*RIVERA*LUIS", b"NM1*S3*1*RIVERA", [_e("1", "2100F", "NM1", 4)]),
    (
        b"NM1*S3*1*RIVERA*LUIS",
        b"NM1*S3*1*RIVERA*LUIS~\nNM1*S3*1*RIVERA*EVA",
        [_s("4", "2100F", "NM1")],
    ),
    (b"DSB*2******DX*S8250", b"DSB*2******DX", [_e("2", "2200", "DSB", 8)]),
    (b"HD*021**HMO*GOLD 500", b"HD*021**XXX*GOLD 500", [_e("7", "2300", "HD", 3)] * 2),
    (b"HD*021**DEN*SMILE PLUS*EMP", b"HD*020**DEN*SMILE PLUS*EMP", [_e("7", "2300", "HD", 1)]),
    (b"HD*021**DEN*SMILE PLUS*EMP", b"HD*021**DEN*SMILE PLUS*ALL", [_e("7", "2300", "HD", 5)]),
    (b"HD*024**HMO~\nDTP*349*D8*20260228~\n", b"HD*024**HMO~\n", [_s("3", "2300", "DTP")]),
    (b"IDC*GOLD 500*H", b"IDC*GOLD 500*X", [_e("7", "2300", "IDC", 2)]),
    (b"IDC*GOLD 500*H*2*1", b"IDC*GOLD 500*H*2*3", [_e("7", "2300", "IDC", 4)]),
    (b"1987654328*25", b"1987654328", [_e("1", "2310", "NM1", 10)]),
    (b"NM1*P3*1*OAKES*JUNE****XX*1987654328*25~\n", b"", [_s("3", "2310", "NM1")]),
    (b"PLA*2*1P*20260301**14", b"PLA*2*1P*20260301**99", [_e("7", "2310", "PLA", 5)]),
    (b"COB*S*SEC-445*1*1^35", b"COB*S*SEC-445*2*1^35", [_e("7", "2320", "COB", 3)]),
    (b"COB*S*SEC-445*1*1^35", b"COB*S*SEC-445*1*1^99", [_e("7", "2320", "COB", 4)]),
    (b"NM1*IN*2*LAKE MUTUAL", b"NM1*IN*1*LAKE MUTUAL", [_e("7", "2330", "NM1", 2)]),
    (b"LE*2700~\n", b"", [_s("3", "LS", "LE")]),
    (b"LS*2700", b"LS*2710", [_e("7", "LS", "LS", 1)]),
    (b"N1*75*UNION HALL", b"N1*75", [_e("1", "2750", "N1", 2), _e("2", "2750", "N1", 2)]),
    (b"REF*17*BIWEEKLY", b"REF*AB*BIWEEKLY", [_e("7", "2750", "REF", 1)]),
]
PREMIUM = [
    (BILL, b"BPR*I*812.4*C*ACH", b"BPR*H*812.4*C*ACH", [_e("7", "820", "BPR", 1)]),
    (BILL, b"*01*999999992*DA", b"*01**DA", [_e("2", "820", "BPR", 7)]),
    (BILL, b"*20260305", b"", [_e("1", "820", "BPR", 16)]),
    (
        BILL,
        b"TRN*1*PREM-2026-03*1310000001",
        b"TRN*2*PREM-2026-03*1310000001",
        [_e("7", "820", "TRN", 1), _s("3", "820", "TRN")],
    ),
    (BILL, b"REF*38*POL-9", b"REF*EI*POL-9", [_e("7", "820", "REF", 1)]),
    (
        BILL,
        b"N1*PE*HARBOR HEALTH PLAN*FI*310000055",
        b"N1*PE*HARBOR HEALTH PLAN*FI",
        [_e("2", "1000A", "N1", 4)],
    ),
    (
        BILL,
        b"N1*PR*MAPLE MILL COMPANY*FI*310000001~\nPER*IC*PAY OFFICE*TE*6145550199~\n",
        b"",
        [_s("3", "1000B", "N1")],
    ),
    (BILL, b"PER*IC*PAY OFFICE*TE", b"PER*IC**TE", [_e("1", "1000B", "PER", 2)]),
    (BILL, b"ENT*1*2L*FI*310000001", b"ENT*1*2L*34*310000001", [_e("7", "2000A", "ENT", 3)]),
    (BILL, b"ADX*-12.6*52", b"ADX*-12.6*20", [_e("7", "2200A", "ADX", 2)]),
    (BILL, b"RMR*IK*INV-303*PO*825", b"RMR*AZ*INV-303*PO*825", [_e("7", "2300A", "RMR", 1)]),
    (BILL, b"RMR*IK*INV-303*PO*825", b"RMR*IK*INV-303*XX*825", [_e("7", "2300A", "RMR", 3)]),
    (BILL, b"SAC*C*B680***2500", b"SAC*C*B681***2500", [_e("7", "2312A", "SAC", 2)]),
    (BILL, b"SAC*C*B680***2500", b"SAC*C*B680***25.00", [_e("6", "2312A", "SAC", 5)]),
    (BILL, b"SLN*1**O*3*IE", b"SLN*1**I*3*IE", [_e("7", "2315A", "SLN", 3)]),
    (BILL, b"SLN*1**O*3*IE", b"SLN*1**O*3*EA", [_e("7", "2315A", "SLN", 5, 1)]),
    (BILL, b"ADX*-25*H1", b"ADX*-25*81", [_e("7", "2320A", "ADX", 2)]),
    (PEOPLE, b"ENT*1*2J*34*", b"ENT*1*2J*FI*", [_e("7", "2000B", "ENT", 3)]),
    (
        PEOPLE,
        b"ENT*1*2J*34*900110001",
        b"ENT*1*2J*34",
        [_e("1", "2000B", "ENT", 4), _e("2", "2000B", "ENT", 4)],
    ),
    (PEOPLE, b"NM1*EY*1*CHO", b"NM1*74*1*CHO", [_e("7", "2000B", "NM1", 1)]),
    (PEOPLE, b"RMR*11*H100200411**150*155~\nADX*-5*20~\n", b"", [_s("3", "2300B", "RMR")]),
    (PEOPLE, b"RMR*11*H100200411**150", b"RMR*11*H100200411**15O", [_e("6", "2300B", "RMR", 4)]),
]
OTHERS = [
    (NOTE, b"BGN*11*ATT-0001*20260302", b"BGN*11*ATT-0001*20261302", [_e("8", "275", "BGN", 3)]),
    (NOTE, b"NM1*QC*1*RIVERA", b"NM1*QC*3*RIVERA", [_e("7", "1000", "NM1", 2)]),
    (NOTE, b"EFI*05~\n", b"", [_s("2", "2000", "BIN")]),
    (NOTE, b"DTP*368*D8*20260302", b"DTP*368*D8*2026030", [_e("8", "2000", "DTP", 3)]),
    (DOCUMENTS, b"LX*1~\n", b"LX~\n", [_e("1", "2000", "LX", 1)]),
    (DOCUMENTS, b"REF*EJ*PCN-17", b"REF*EJ", [_e("2", "1000", "REF", 2)]),
    (OLD, b"AK5*R*5", b"AK5*Q*5", [_e("7", "2000", "AK5", 1)]),
    (OLD, b"AK5*R*5", b"AK5*R*I5", [_e("7", "2000", "AK5", 2)]),
    (OLD, b"AK3*CLM*22*2300*8", b"AK3*CLM*X*2300*8", [_e("6", "2100", "AK3", 2)]),
    (OLD, b"AK9*P*2*2*1~\n", b"", [_s("3", "997", "AK9")]),
    (ANSWER, b"IK5*R*I5", b"IK5*R*I9", [_e("7", "2000", "IK5", 2)]),
    (ANSWER, b"AK9*P*3*3*1", b"AK9*P*3*3*1*9", [_e("7", "999", "AK9", 5)]),
    (ANSWER, b"IK3*REF*57*2300*I6", b"IK3*REF*57*2300*I1", [_e("7", "2100", "IK3", 4)]),
    (ANSWER, b"IK4*2*782*1", b"IK4*2*782*14", [_e("7", "2110", "IK4", 3)]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "by_what", "findings"), ENROLLMENT)
def test_an_enrollment_is_refused_there_and_nowhere_else(what, by_what, findings):
    assert what in FAMILY

    # A member more or less also makes the control totals wrong.
    syntax = [e for e in _errors(FAMILY.replace(what, by_what)) if e[1] != "I12"]
    assert syntax == findings


@pytest.mark.parametrize(("data", "what", "by_what", "findings"), [*PREMIUM, *OTHERS])
def test_the_other_messages_are_refused_there_and_nowhere_else(data, what, by_what, findings):
    assert what in data

    syntax = [e for e in _errors(data.replace(what, by_what, 1)) if e[1] != "I12"]
    assert syntax == findings


def test_the_parties_of_a_head_may_come_in_any_order_as_all_are_n1_loops():
    sponsor, insurer = (
        b"N1*P5*MAPLE MILL COMPANY*FI*310000001~\n",
        b"N1*IN*HARBOR HEALTH PLAN*XV*1122334455~\n",
    )

    assert _errors(FAMILY.replace(sponsor + insurer, insurer + sponsor)) == []


@pytest.mark.parametrize("guide", [b"005010X220A1", b"005010X220"])
def test_both_revisions_of_the_enrollment_read_alike(guide):
    message = next(read_file(FAMILY.replace(b"005010X220A1", guide)).messages)

    assert message.is_accepted
    assert len(list(message.members())) == 3


@pytest.mark.parametrize("guide", [b"005010X306", b"004010X061A1", b"004010"])
def test_other_premium_guides_are_not_supported(guide):
    message = next(read_file(BILL.replace(b"005010X218", guide)).messages)

    assert [(f.carrier, f.code) for f in message.findings] == [("IK502", "I6")]
