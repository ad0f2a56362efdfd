"""Where the values of a 276 and a 277 stand in their loops."""

from cleanclaim.edi.binding import Binding, Child, Many, One
from cleanclaim.edi.inquiry_parts import DATES, PARTY_PARTS, REFERENCES, TRACES
from cleanclaim.edi.kinds import amount, composites, day, procedure, qualified_day, text
from cleanclaim.values.inquiry import Party
from cleanclaim.values.status import (
    ClaimStatusItem,
    ClaimStatusMessage,
    Status,
    StatusLine,
    StatusPatient,
    StatusPayer,
    StatusProvider,
    StatusReceiver,
)

_STATUSES = Many("statuses", "STC", Status, category=text(1, 1), code=text(1, 2), entity=text(1, 3),
                 code_list=text(1, 4), effective_on=day(2), charge=amount(4), paid=amount(5),
                 decided_on=day(6), paid_on=day(8), payment_number=text(9), second=composites(10, 10),
                 third=composites(11, 11))  # fmt: skip
_LINE_PARTS = (
    One("SVC", procedure=procedure(1), charge=amount(2), paid=amount(3), revenue_code=text(4),
        quantity=amount(7)),
    _STATUSES,
    REFERENCES,
    DATES,
)  # fmt: skip
_CLAIM_PARTS = (TRACES, _STATUSES, REFERENCES, One("AMT", "T3", charge=amount(2)), DATES)
_BIRTH = One("DMG", born_on=qualified_day(1), sex=text(3))
_HEAD = One("BHT", structure=text(1), purpose=text(2), reference=text(3), created_on=day(4),
            created_at=text(5), type_code=text(6))  # fmt: skip


def _party(loop: str) -> Binding[Party]:
    return Binding(Party, (loop,), PARTY_PARTS)


def _patients(line_loops: str) -> Binding[StatusPatient]:
    """A subscriber with dependents; lines stand in 2210 of an inquiry, in 2220 of an answer."""
    line = Binding(StatusLine, (f"{line_loops}D", f"{line_loops}E"), _LINE_PARTS)
    claim = Binding(ClaimStatusItem, ("2200D", "2200E"), _CLAIM_PARTS, Child("lines", line))
    dependent = Binding(
        StatusPatient,
        ("2000E",),
        (_BIRTH,),
        Child("party", _party("2100E"), is_one=True),
        Child("claims", claim, variant=1),
        level="23",
        is_last_level=True,
    )
    return Binding(
        StatusPatient,
        ("2000D",),
        (_BIRTH,),
        Child("party", _party("2100D"), is_one=True),
        Child("claims", claim),
        Child("dependents", dependent),
        level="22",
    )


def _message(root: str, patients: Binding[StatusPatient]) -> Binding[ClaimStatusMessage]:
    provider = Binding(
        StatusProvider,
        ("2000C",),
        (),
        Child("parties", _party("2100C")),
        Child("answer", Binding(ClaimStatusItem, ("2200C",), _CLAIM_PARTS), is_one=True),
        Child("subscribers", patients),
        level="19",
    )
    receiver = Binding(
        StatusReceiver,
        ("2000B",),
        (),
        Child("party", _party("2100B"), is_one=True),
        Child("answer", Binding(ClaimStatusItem, ("2200B",), _CLAIM_PARTS), is_one=True),
        Child("providers", provider),
        level="21",
    )
    payer = Binding(
        StatusPayer,
        ("2000A",),
        (),
        Child("party", _party("2100A"), is_one=True),
        Child("receivers", receiver),
        level="20",
    )
    return Binding(ClaimStatusMessage, (root,), (_HEAD,), Child("payers", payer))


INQUIRED, ANSWERED = _patients("2210"), _patients("2220")
INQUIRY, ANSWER = _message("276", INQUIRED), _message("277", ANSWERED)
PARTIES = {"2000A": _party("2100A"), "2000B": _party("2100B"), "2000C": _party("2100C")}
