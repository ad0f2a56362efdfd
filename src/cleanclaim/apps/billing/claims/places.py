"""The place of a value on a claim (`lines.2.procedure.code`) as people say it."""

_WORDS = {
    "procedure": "",
    "code": "code",
    "modifiers": "modifier",
    "charge": "charge",
    "quantity": "units",
    "service_from": "day of service",
    "service_to": "last day of service",
    "pointers": "diagnosis pointer",
    "place_of_service": "place of service",
    "authorization_number": "authorization",
    "frequency_code": "frequency",
    "original_payer_number": "payer's number of the original",
    "member_id": "member id",
    "diagnoses": "diagnosis",
    "providers": "provider",
    "last_name": "last name",
    "first_name": "first name",
    "npi": "NPI",
    "person": "",
    "control_number": "control number",
}
_FIRST = {"lines": "Line", "diagnoses": "Diagnosis", "providers": "Provider"}


def place_words(place: str) -> str:
    """`lines.2.procedure.modifiers.1` is `Line 2, modifier 1`."""
    parts = place.split(".")
    if parts[0] in _FIRST and len(parts) > 1:
        head = f"{_FIRST[parts[0]]} {parts[1]}"
        rest = _rest(parts[2:])
        return f"{head}, {rest}" if rest and rest != "code" else head
    words = _rest(parts)
    return words[:1].upper() + words[1:]


def _rest(parts: list[str]) -> str:
    return " ".join(word for part in parts if (word := _WORDS.get(part, part.replace("_", " "))))
