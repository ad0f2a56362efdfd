"""The form of a coverage."""

from typing import Any

from django import forms
from django.utils import timezone

from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.convert import to_person
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.parties.convert import to_payer
from cleanclaim.apps.shared.parties.models import Payer as PayerRow
from cleanclaim.values.claim import Subscriber
from cleanclaim.values.codec import from_json
from cleanclaim.values.party import Payer, Person

ORDERS = (("P", "First payer"), ("S", "Second payer"), ("T", "Third payer"))
SELF = "18"
RELATIONSHIPS = (
    (SELF, "The patient is the subscriber"),
    ("01", "Spouse of the subscriber"),
    ("19", "Child of the subscriber"),
    ("20", "Employee of the subscriber"),
    ("21", "Not known"),
    ("39", "Organ donor"),
    ("40", "Cadaver donor"),
    ("53", "Life partner of the subscriber"),
    ("G8", "Another relationship"),
)
FILING = (
    ("CI", "Commercial"),
    ("BL", "Blue Cross or Blue Shield"),
    ("HM", "HMO"),
    ("12", "PPO"),
    ("13", "Point of service"),
    ("MB", "Medicare Part B"),
    ("16", "Medicare Advantage HMO"),
    ("MC", "Medicaid"),
    ("CH", "Champus or Tricare"),
    ("VA", "Veterans Affairs"),
    ("WC", "Workers' compensation"),
    ("AM", "Automobile, medical"),
    ("ZZ", "Other"),
)


PROGRAMS = (
    ("", "May be billed"),
    ("qmb", "QMB: Qualified Medicare Beneficiary"),
    ("medicaid", "Medicaid or Medi-Cal"),
    ("workers_compensation", "Workers' compensation"),
)
SECOND_BECAUSE = (
    ("", "It is not second"),
    ("age", "Working aged, employer of 20 or more"),
    ("disability", "Disabled, employer of 100 or more"),
    ("esrd", "Renal disease, first 30 months"),
    ("no_fault", "No-fault or automobile"),
    ("workers_compensation", "Workers' compensation"),
    ("liability", "Somebody is liable"),
    ("veterans", "Veterans Affairs"),
    ("federal", "Public Health or another agency"),
    ("black_lung", "Black lung"),
)


PLAN_KINDS = (
    ("", "As the kind of plan says"),
    ("group", "Group plan of an employer"),
    ("individual", "Individual policy"),
    ("medicare", "Medicare, also Medicare Advantage"),
    ("medicaid", "Medicaid"),
    ("tricare", "TRICARE"),
    ("workers_compensation", "Workers' compensation"),
    ("no_fault", "No-fault or automobile"),
    ("liability", "Liability of somebody else"),
    ("veterans", "Veterans Affairs"),
    ("federal", "Public Health or another agency"),
    ("black_lung", "Black lung"),
)
EMPLOYMENT = (
    ("", "Not known"),
    ("active", "By current employment"),
    ("retired", "Retired or laid off"),
    ("cobra", "COBRA or state continuation"),
)
ENTITLEMENTS = (
    ("", "Not known"),
    ("age", "Age"),
    ("disability", "Disability"),
    ("esrd", "Renal disease"),
)
CUSTODY = (
    ("", "Not known"),
    ("together", "Parents live together or share custody"),
    ("custodial", "Parent with custody"),
    ("spouse", "Spouse of the parent with custody"),
    ("other", "The other parent"),
    ("other_wife", "Spouse of the other parent"),
)
DECREED = (("", "Not known"), ("yes", "Yes"), ("no", "No"))
ORDER_FACTS = (
    "plan_kind",
    "employment",
    "employees",
    "entitlement",
    "esrd_since",
    "custody",
    "is_decreed",
    "valid_from",
)


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CoverageForm(forms.Form):
    """Which payer, under which number, by whose policy."""

    payer = forms.ModelChoiceField(
        label="Payer", queryset=PayerRow.objects.none(), required=False, empty_label="A new payer"
    )
    payer_name = forms.CharField(label="New payer's name", max_length=60, required=False)
    payer_number = forms.CharField(label="New payer's id", max_length=80, required=False)
    payer_order = forms.ChoiceField(label="Asked", choices=ORDERS)
    member_id = forms.CharField(label="Member id", max_length=80)
    group_number = forms.CharField(label="Group number", max_length=50, required=False)
    filing_indicator = forms.ChoiceField(label="Kind of plan", choices=FILING)
    program = forms.ChoiceField(label="Never billed", choices=PROGRAMS, required=False)
    share_of_cost = forms.DecimalField(
        label="Share of cost of a month",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    second_because = forms.ChoiceField(
        label="Medicare is second because", choices=SECOND_BECAUSE, required=False
    )
    plan_kind = forms.ChoiceField(label="Sort of payer", choices=PLAN_KINDS, required=False)
    employment = forms.ChoiceField(label="The holder has it", choices=EMPLOYMENT, required=False)
    employees = forms.IntegerField(
        label="People at the employer", min_value=0, max_value=9_999_999, required=False
    )
    entitlement = forms.ChoiceField(label="Medicare by", choices=ENTITLEMENTS, required=False)
    esrd_since = forms.DateField(label="Renal disease since", required=False, widget=_day_input())
    custody = forms.ChoiceField(label="A child's holder is", choices=CUSTODY, required=False)
    is_decreed = forms.ChoiceField(
        label="A court named this parent", choices=DECREED, required=False
    )
    valid_from = forms.DateField(label="In force since", required=False, widget=_day_input())
    relationship = forms.ChoiceField(label="Relationship", choices=RELATIONSHIPS)
    holder_last_name = forms.CharField(
        label="Subscriber's last name", max_length=60, required=False
    )
    holder_first_name = forms.CharField(
        label="Subscriber's first name", max_length=35, required=False
    )
    holder_born_on = forms.DateField(
        label="Subscriber born",
        required=False,
        widget=_day_input(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payer"].queryset = PayerRow.objects.order_by("name", "id")

    def clean(self) -> dict[str, Any]:
        """A payer by choice or by name and id; a subscriber where the patient is not the one."""
        data = super().clean() or self.cleaned_data
        if data.get("payer") is None:
            for name in ("payer_name", "payer_number"):
                if not data.get(name):
                    self.add_error(name, "Choose a payer, or give a new one's name and id.")
        if data.get("relationship") not in (None, SELF) and not data.get("holder_last_name"):
            self.add_error("holder_last_name", "Who holds the coverage? Enter the last name.")
        born = data.get("holder_born_on")
        if born and born > timezone.localdate():
            self.add_error("holder_born_on", "This day is in the future.")
        return data

    def order_facts(self) -> dict[str, Any]:
        """What a valid form says of the coverage's place among the payers, as the row keeps it."""
        facts = {name: self.cleaned_data[name] for name in ORDER_FACTS}
        facts["is_decreed"] = {"yes": True, "no": False}.get(facts["is_decreed"])
        return facts

    def to_payer(self) -> Payer:
        """The payer that a valid form names."""
        row = self.cleaned_data["payer"]
        if row is not None:
            return to_payer(row)
        return Payer(self.cleaned_data["payer_name"], self.cleaned_data["payer_number"])

    def to_subscriber(self, patient: Patient) -> Subscriber:
        """Who holds the coverage, as claims carry it."""
        data = self.cleaned_data
        is_self = data["relationship"] == SELF
        person = to_person(patient, member_id=data["member_id"])
        if not is_self:
            # Members of a household mostly live together; the subscriber's own address is not asked for.
            person = Person(
                last_name=data["holder_last_name"],
                first_name=data["holder_first_name"],
                born_on=data["holder_born_on"],
                address=person.address,
                member_id=data["member_id"],
            )
        return Subscriber(
            person=person,
            payer_order=data["payer_order"],
            relationship=SELF if is_self else "",
            group_number=data["group_number"],
            filing_indicator=data["filing_indicator"],
        )


def initial_of(row: Coverage) -> dict[str, Any]:
    """What the form shows of a coverage that is here."""
    holder = from_json(row.subscriber, Subscriber).person if row.subscriber else None
    shown: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("payer", "payer_order", "member_id", "group_number", "filing_indicator"),
            *("program", "share_of_cost", "second_because"),
            *ORDER_FACTS,
        )
    }
    shown["is_decreed"] = {True: "yes", False: "no"}.get(row.is_decreed, "")
    shown["relationship"] = row.relationship or SELF
    if holder is not None and shown["relationship"] != SELF:
        shown["holder_last_name"] = holder.last_name
        shown["holder_first_name"] = holder.first_name
        shown["holder_born_on"] = holder.born_on
    return shown
