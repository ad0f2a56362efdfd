"""National Provider Identifier: ten digits, Luhn check digit over the prefix 80840 (45 CFR 162.406)."""

from cleanclaim.kernel.errors import InputError


def compact(text: str) -> str:
    """`text` without blanks and hyphens."""
    return text.replace(" ", "").replace("-", "")


def check_digit(body: str) -> str:
    """The tenth digit for the first nine."""
    doubled = 24  # what the constant prefix 80840 adds
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        doubled += digit - 9 if digit > 9 else digit
    return str(-doubled % 10)


def is_valid(text: str) -> bool:
    """Whether it is an NPI: ten digits, first digit 1 or 2, right check digit."""
    return (
        len(text) == 10
        and text.isascii()
        and text.isdigit()
        and text[0] in "12"
        and check_digit(text[:9]) == text[9]
    )


def validate(text: str) -> str:
    """The compact number.

    Raises:
        InputError: it is not an NPI.
    """
    number = compact(text)
    if not is_valid(number):
        raise InputError(
            f"NPI {text!r}: expected ten digits with a valid check digit",
            hint="Compare with the provider's NPPES record",
        )
    return number
