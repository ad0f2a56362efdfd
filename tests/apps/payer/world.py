"""An invented plan for the payer's tests: one product, one contract, two providers, one family."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.code_list import code_list
from cleanclaim.rules.pricing import Contract, Term
from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.party import Address, Contact, Payer, Person, Provider, Role

if TYPE_CHECKING:
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.payer.members.services import NewMember
    from cleanclaim.apps.payer.plans.services import NewProvider

HARBOR_NPI, HARBOR_TIN = "1234567893", "310000001"
CEDAR_NPI, CEDAR_TIN = "1002567897", "310000002"
RECEIVED_ON = date(2026, 3, 20)
DECIDED_ON = date(2026, 3, 22)
SERVICE_ON = date(2026, 3, 2)

# 100.00 of deductible, then 20 percent; 80 percent of the charge is allowed.
PPO = Plan(
    code="ppo",
    name="Coastal PPO",
    edition="Coastal PPO 2026",
    coinsurance=Decimal(20),
    deductible=Decimal("100.00"),
    out_of_pocket=Decimal("1000.00"),
    authorization_required=code_list(["J1745"]),
)
STANDARD = Contract(
    code="standard",
    name="Standard",
    edition="standard 2026",
    terms=(Term("percent_of_charge", rate=Decimal(80)),),
)
# Prices only evaluation and management codes: anything else needs a person.
NARROW = Contract(
    code="narrow",
    name="Narrow",
    edition="narrow 2026",
    terms=(Term("percent_of_charge", codes=code_list(["99202-99215"]), rate=Decimal(80)),),
)


def set_up_plan() -> None:
    """The product, the contracts, two providers and the Rivera family; in the plan's tenant."""
    from cleanclaim.apps.payer.members.services import enroll_members
    from cleanclaim.apps.payer.plans.services import (
        enroll_providers,
        save_contract,
        save_plan,
        set_payer_profile,
    )

    set_payer_profile(
        payer_name="Coastal Alliance Health Plan",
        payer_id="COASTAL",
        tin="330000002",
        address_line="1 Plan Plaza",
        city="Oakland",
        state="CA",
        zip_code="946120001",
        contact_name="Provider services",
        contact_phone="5105550100",
        bank_routing="121000358",
        bank_account="123456789",
        accepts_any_payer=False,
    )
    save_plan(PPO, valid_from=date(2026, 1, 1))
    save_contract(STANDARD, valid_from=date(2026, 1, 1))
    save_contract(NARROW, valid_from=date(2026, 1, 1))
    enroll_providers(
        [
            provider_row("Harbor Family Medicine", HARBOR_NPI, HARBOR_TIN, "standard"),
            provider_row("Cedar Clinic", CEDAR_NPI, CEDAR_TIN, "narrow"),
        ]
    )
    enroll_members(
        [
            member_row("W100", "Rivera", "Ana", date(1980, 5, 17), "F"),
            member_row("W100", "Rivera", "Leo", date(2012, 8, 9), "M", relationship="19"),
            member_row("W200", "Okafor", "Daniel", date(1975, 1, 2), "M"),
        ]
    )


def provider_row(name: str, npi: str, tin: str, contract: str) -> "NewProvider":
    from cleanclaim.apps.payer.plans.services import NewProvider

    return NewProvider(
        npi=npi,
        tin=tin,
        name=name,
        valid_from=date(2026, 1, 1),
        contract_code=contract,
        address_line="10 Harbor Way",
        city="Oakland",
        state="CA",
        zip_code="946070001",
    )


def member_row(
    member_id: str, last: str, first: str, born_on: date, sex: str, *, relationship: str = "18"
) -> "NewMember":
    from cleanclaim.apps.payer.members.services import NewMember

    return NewMember(
        member_id=member_id,
        last_name=last,
        first_name=first,
        born_on=born_on,
        sex=sex,
        relationship=relationship,
        valid_from=date(2026, 1, 1),
        plan_code="ppo",
    )


ANA = Person("Rivera", "Ana", born_on=date(1980, 5, 17), sex="F", member_id="W100")
LEO = Person(
    "Rivera",
    "Leo",
    born_on=date(2012, 8, 9),
    sex="M",
    address=Address("22 Oak Street", "", "Oakland", "CA", "94607"),
)
DANIEL = Person("Okafor", "Daniel", born_on=date(1975, 1, 2), sex="M", member_id="W200")


def claim(
    control_number: str = "HF1",
    charges: Sequence[str] = ("200.00",),
    *,
    code: str = "99213",
    subscriber: Person = ANA,
    patient: Person | None = None,
    npi: str = HARBOR_NPI,
    tin: str = HARBOR_TIN,
    service_on: date = SERVICE_ON,
    payer: Payer = Payer("Coastal Alliance Health Plan", "COASTAL"),
    **more: object,
) -> Claim:
    """A claim of one line per charge; `more` sets any other field of `values.Claim`."""
    lines = tuple(
        ServiceLine(
            number=number,
            procedure=Procedure(code, () if number == 1 else (f"{75 + number}",)),
            charge=Decimal(charge),
            quantity=Decimal(1),
            service_from=service_on,
            control_number=f"{control_number}L{number}",
        )
        for number, charge in enumerate(charges, 1)
    )
    return Claim(
        control_number=control_number,
        charge=sum((line.charge for line in lines), Decimal(0)),
        place_of_service="11",
        billing=Provider(
            Role.BILLING,
            "Harbor Family Medicine",
            npi=npi,
            tin=tin,
            taxonomy="207Q00000X",
            address=Address("10 Harbor Way", "", "Oakland", "CA", "946070001"),
        ),
        subscriber=Subscriber(
            subscriber, "P", relationship="18" if patient is None else "", filing_indicator="CI"
        ),
        payer=payer,
        lines=lines,
        patient=patient,
        patient_relationship="19" if patient else "",
        diagnoses=(Diagnosis("J069", "ABK"),),
        **more,  # type: ignore[arg-type]
    )


def receive(*claims: Claim, received_on: date = RECEIVED_ON) -> "list[ClaimCase]":
    """The cases of these claims, as intake writes them; all must be accepted."""
    from cleanclaim.apps.payer.intake.judging import judge
    from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
    from cleanclaim.apps.payer.intake.writing import Source, write_cases

    judged = judge(claims)
    assert [j.rejection for j in judged] == [None] * len(claims)
    icns = write_cases(judged, [Source(1, 1)] * len(claims), received_on=received_on)
    return [ClaimCase.objects.get(icn=icn, state=CaseState.RECEIVED) for icn in icns]


STRANGER = Person("Nobody", "Jane", born_on=date(1990, 1, 1), sex="F", member_id="X999")
PAY_ON = date(2026, 3, 29)


def partner():
    """The trading partner that sends and gets the files of Harbor Family Medicine."""
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    return find_or_add_partner(
        slug="harbor",
        name="Harbor Family Medicine",
        kind="practice",
        our_id="COASTAL",
        their_id="HARBOR",
        usage="T",
    )


_controls = iter(range(1, 100_000))


def file_of(*claims: Claim, **envelope: object) -> bytes:
    """An 837P file of these claims, with fresh control numbers."""
    from cleanclaim.edi import Batch, Correspondent, Envelope, write_837p

    number = next(_controls)
    fields: dict = {
        "sender_qualifier": "ZZ",
        "sender_id": "HARBOR",
        "receiver_qualifier": "ZZ",
        "receiver_id": "COASTAL",
        "interchange_control": number,
        "group_control": number,
        "message_control": 1,
        "usage": "T",
        "created_on": RECEIVED_ON,
        "created_at": "0930",
        "gs_sender": "HARBOR",
        "gs_receiver": "COASTAL",
        **envelope,
    }
    batch = Batch(
        f"B{number}",
        RECEIVED_ON,
        Correspondent(
            "Harbor Family Medicine", "HARBOR", Contact("Front desk", (("TE", "5105550199"),))
        ),
        Correspondent("Coastal Alliance Health Plan", "COASTAL"),
        purpose=claims[0].purpose,
    )
    return write_837p(claims, envelope=Envelope(**fields), batch=batch)


def deliver(*claims: Claim, data: bytes | None = None, **envelope: object):
    """The file as the exchange keeps it."""
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import receive_file

    content = file_of(*claims, **envelope) if data is None else data
    receipt = receive_file(content, partner=partner(), name="claims.x12", received_on=RECEIVED_ON)
    assert receipt.is_accepted, receipt.message
    return MessageFile.objects.get(pk=receipt.file_id)


def take_in(file):
    from cleanclaim.apps.payer.intake.services import take_in

    return take_in(file, received_on=RECEIVED_ON)


def adjudicate(**more: object):
    from cleanclaim.apps.payer.adjudication.services import adjudicate_cases

    return adjudicate_cases(decided_on=DECIDED_ON, **more)


def pay(pay_on: date = PAY_ON):
    from cleanclaim.apps.payer.disbursements.services import prepare_check_run, release_check_run

    return release_check_run(prepare_check_run(pay_on=pay_on).pk)


def sent_files():
    """Everything queued for partners, in order."""
    from cleanclaim.apps.shared.exchange.models import MessageFile

    return list(MessageFile.objects.filter(direction="out").order_by("id"))


def remittances():
    """The remittances of all 835s that were queued, read back from their bytes."""
    from cleanclaim.edi import read_file

    return [
        message.remittance()
        for file in sent_files()
        if file.kind == "835"
        for message in read_file(bytes(file.content)).messages
    ]
