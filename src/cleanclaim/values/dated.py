"""A day or a period with its meaning, as messages date things."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, or a period where `last` is given; `code` says of what (X12 DTP01, such as `472` service)."""

    code: str
    first: date
    last: date | None = None
