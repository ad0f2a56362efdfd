"""What an examiner fills in: why a pend is let go, at which prices, or why it is denied."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from cleanclaim.codes import adjustment_reasons, remark_codes

NOTE = 500
GROUPS = (
    ("CO", "CO: borne by the provider"),
    ("PR", "PR: the member's part"),
    ("OA", "OA: neither's"),
    ("PI", "PI: payer initiated"),
)


def _note() -> forms.CharField:
    return forms.CharField(
        label="Note",
        max_length=NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-enter-next": ""}),
        help_text="what you looked at, and why this is right",
        error_messages={"required": "Say what you looked at, and why this is right."},
    )


class ReleaseForm(forms.Form):
    """Let the pend go. One price for each line that no contract term prices."""

    note = _note()

    def __init__(self, *args: Any, lines: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id="release-%s", **kwargs)
        self.lines = tuple(lines)
        for number in self.lines:
            self.fields[f"price-{number}"] = forms.DecimalField(
                label=f"Allowed amount of line {number}",
                min_value=Decimal("0.00"),
                max_digits=14,
                decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages={"required": f"Line {number} has no price: set what is allowed."},
            )

    @property
    def price_fields(self) -> list[forms.BoundField]:
        """The prices' boxes in the lines' order."""
        return [self[f"price-{number}"] for number in self.lines]

    @property
    def prices(self) -> dict[int, Decimal]:
        """Allowed amounts by line number."""
        return {number: self.cleaned_data[f"price-{number}"] for number in self.lines}


class DenyForm(forms.Form):
    """Deny every line: group and reason, the remark where it must have one, what the provider is told."""

    group = forms.ChoiceField(label="Group", choices=GROUPS, initial="CO")
    reason = forms.CharField(label="Reason (CARC)", max_length=5)
    remark = forms.CharField(label="Remark (RARC)", max_length=6, required=False)
    words = forms.CharField(
        label="What the provider is told",
        max_length=200,
        error_messages={"required": "Say in one sentence why it is denied."},
    )
    note = _note()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="deny-%s", **kwargs)
        self.fields["reason"].widget.attrs |= {"list": "deny-reasons", "autocomplete": "off"}

    def clean_reason(self) -> str:
        """A reason that is in the published list."""
        code = str(self.cleaned_data["reason"]).strip().upper()
        if not adjustment_reasons.is_valid(code):
            raise forms.ValidationError(f"{code}: not a claim adjustment reason code.")
        return code

    def clean_remark(self) -> str:
        """A remark that is in the published list, or none."""
        code = str(self.cleaned_data["remark"]).strip().upper()
        if code and not remark_codes.is_valid(code):
            raise forms.ValidationError(f"{code}: not a remark code.")
        return code

    def clean(self) -> dict[str, Any]:
        """Reasons that only say that something is wrong need a remark."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") in ("16", "96") and not cleaned.get("remark"):
            self.add_error("remark", "Reasons 16 and 96 need a remark that says what is wrong.")
        return cleaned


def reasons() -> list[tuple[str, str]]:
    """The reasons that have words of ours, for the list under the box."""
    return [
        (code, adjustment_reasons.words(code))
        for code in adjustment_reasons.codes()
        if adjustment_reasons.words(code)
    ]
