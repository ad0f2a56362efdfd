"""What the text of any bank's file may not have."""

from cleanclaim.kernel.errors import InputError


def refuse_zero_bytes(text: str) -> None:
    """Refuse text with a zero byte: no bank writes one, and no column of ours keeps it.

    Raises:
        InputError: it has one; the message says in which line.
    """
    before, zero, _ = text.partition("\0")
    if zero:
        raise InputError(
            f"line {before.count(chr(10)) + 1}: a zero byte, expected text",
            hint="Bring the file as it came from the bank, as UTF-8 text.",
        )
