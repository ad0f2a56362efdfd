"""The form of a patient."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.codes import states
from cleanclaim.values.party import Address, Person

SEXES = (("", "Not known"), ("F", "Female"), ("M", "Male"), ("U", "Unknown or other"))
OLDEST_YEARS = 130


class PatientForm(forms.ModelForm):
    """Name, birth and address as claims carry them."""

    born_on = forms.DateField(
        label="Born",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sex = forms.ChoiceField(label="Sex", choices=SEXES, required=False)

    class Meta:
        model = Patient
        fields = (
            *("last_name", "first_name", "middle_name", "suffix", "born_on", "sex", "phone"),
            *("line_1", "line_2", "city", "state", "zip_code", "external_id"),
        )
        labels: ClassVar = {
            "last_name": "Last name",
            "first_name": "First name",
            "middle_name": "Middle name",
            "line_1": "Street",
            "line_2": "Second line",
            "zip_code": "ZIP",
            "external_id": "Number in another system",
        }

    def clean_born_on(self) -> date | None:
        """A birth day lies in the past, and not beyond a human life."""
        born: date | None = self.cleaned_data["born_on"]
        if born is None:
            return None
        today = timezone.localdate()
        if born > today or today.year - born.year > OLDEST_YEARS:
            raise forms.ValidationError(f"{born:%Y-%m-%d}: expected a day of the last 130 years.")
        return born

    def clean_state(self) -> str:
        """A state's two letters, or nothing."""
        state = str(self.cleaned_data["state"]).upper()
        if state and not states.is_valid(state):
            raise forms.ValidationError(f"{state}: expected two letters of a state, such as CA.")
        return state

    def clean_zip_code(self) -> str:
        """Five or nine digits, kept without the hyphen."""
        digits = str(self.cleaned_data["zip_code"]).replace("-", "").replace(" ", "")
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) in (5, 9)):
            raise forms.ValidationError(f"{digits}: expected five or nine digits.")
        return digits

    def to_person(self) -> Person:
        """The person that a valid form describes."""
        data: dict[str, Any] = self.cleaned_data
        names = ("line_1", "line_2", "city", "state", "zip_code")
        address = Address(**{name: data[name] for name in names})
        return Person(
            last_name=data["last_name"],
            first_name=data["first_name"],
            middle_name=data["middle_name"],
            suffix=data["suffix"],
            born_on=data["born_on"],
            sex=data["sex"],
            address=address if address != Address() else None,
        )
