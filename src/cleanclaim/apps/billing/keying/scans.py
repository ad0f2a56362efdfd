"""The scan beside a batch: which kinds are taken, and whether a browser can show them."""

from cleanclaim.kernel.errors import InputError

LARGEST_BYTES = 20 * 1024 * 1024
# By first bytes: what a file is called says nothing.
_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def media_type(data: bytes) -> str:
    """What the bytes are.

    Raises:
        InputError: none of the kinds that are kept, or too large.
    """
    if len(data) > LARGEST_BYTES:
        raise InputError(f"scan: {len(data):,} bytes, expected at most {LARGEST_BYTES:,}")
    found = next((media for start, media in _KINDS if data.startswith(start)), None)
    if found is None:
        raise InputError("scan: expected a PDF, PNG, JPEG or TIFF file")
    return found
