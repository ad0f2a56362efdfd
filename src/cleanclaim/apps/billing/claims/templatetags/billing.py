"""Filters of the billing pages."""

import json
from typing import Any

from django import template

from cleanclaim.apps.billing.claims.places import place_words as words_of_place

register = template.Library()


@register.filter
def place_words(place: str) -> str:
    """`lines.2.charge` as `Line 2, charge`."""
    return words_of_place(place)


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(value)
