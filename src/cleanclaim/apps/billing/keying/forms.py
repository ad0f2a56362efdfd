"""The header of a batch as a form."""

import re
from typing import Any

from django import forms

from cleanclaim.apps.billing.keying.finding import payer_named
from cleanclaim.apps.billing.keying.models import Batch, Method
from cleanclaim.apps.billing.keying.services import Header
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.kernel.errors import CleanclaimError, InputError

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HeaderForm(forms.Form):
    """What stands on the check and on its deposit slip; the payer is typed and found by name or number."""

    payer = forms.CharField(
        max_length=120,
        widget=forms.TextInput(
            attrs={"list": "payers", "autocomplete": "off", "autofocus": "autofocus"}
        ),
        help_text="Name or payer number",
    )
    trace_number = forms.CharField(label="Check or EFT number", max_length=50)
    amount = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    paid_on = forms.DateField(label="Date of the check", widget=_DAY)
    method = forms.ChoiceField(choices=Method.choices, initial=Method.CHECK.value)
    deposited_on = forms.DateField(label="Deposited on", required=False, widget=_DAY)
    deposit_reference = forms.CharField(label="Deposit slip", required=False, max_length=40)
    other_payment = forms.CharField(
        label="Why it is another payment",
        required=False,
        max_length=200,
        help_text="Then it may be keyed; a second person has to agree before it posts",
    )
    scan = forms.FileField(
        required=False,
        help_text="PDF, PNG, JPEG or TIFF, 20 MB at most",
        # Kept where a script puts the refused form in the place of this one.
        widget=forms.ClearableFileInput(
            attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff", "hx-preserve": "true"}
        ),
    )

    def clean_payer(self) -> Payer:
        """The one payer that the text names."""
        try:
            return payer_named(self.cleaned_data["payer"])
        except InputError as error:
            raise forms.ValidationError(f"{error.message}. {error.hint}") from error

    def refuse(self, error: CleanclaimError) -> None:
        """Say what a service refused: at the box that its message begins with, else above all of them."""
        begins = {
            "payer": "payer",
            "number": "trace_number",
            "amount": "amount",
            "method": "method",
            "deposit reference": "deposit_reference",
            "scan": "scan",
        }
        place = begins.get(re.split(r"[ :]'|: | \d", error.message)[0])
        self.add_error(place, f"{error.message}. {error.hint}".strip())

    def focus_what_is_wrong(self) -> None:
        """Put the cursor into the first box that is refused; where none is, into the one that would let it through."""
        if not self.errors:
            return
        wrong = next((name for name in self.fields if name in self.errors), "")
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        name = wrong or ("other_payment" if "other_payment" in self.fields else "payer")
        self.fields[name].widget.attrs["autofocus"] = "autofocus"

    def header(self) -> Header:
        """The cleaned form as the services take it."""
        data = self.cleaned_data
        names = ("trace_number", "amount", "paid_on", "method", "deposited_on", "deposit_reference")
        return Header(payer_id=data["payer"].pk, **{name: data[name] for name in names})


def header_of(batch: Batch) -> dict[str, Any]:
    """The form's initial values for a batch."""
    names = ("trace_number", "amount", "paid_on", "method", "deposited_on", "deposit_reference")
    payer = Payer.objects.get(pk=batch.payer_id)
    return {"payer": payer.payer_id, **{name: getattr(batch, name) for name in names}}
