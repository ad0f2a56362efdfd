"""How a number of things is said."""


def counted(count: int, one: str, many: str = "") -> str:
    """`1 claim`, `1,204 claims`, `0 entries`; `many` where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
