"""The messages that the desks exchange today; any other one is answered as unsupported."""

from cleanclaim.edi import Received, read_file

CLAIMS = frozenset({"837P", "837I", "837D"})
TRADED = CLAIMS | {"835", "277CA", "999"}


def read_traded(data: bytes) -> Received:
    """Read and check a whole file as `edi.read_file` does, knowing only what is traded.

    Raises:
        InputError: the file is empty or holds no ISA.
    """
    return read_file(data, known=TRADED)
