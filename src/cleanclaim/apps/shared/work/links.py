"""Where the record of a work item is opened; the apps that own the records say it here."""

from cleanclaim.apps.shared.pages.addresses import address

_addresses: dict[str, str] = {"file": "exchange:file"}


def link_subject(subject_kind: str, url_name: str) -> None:
    """Open records of this kind at this address (one id); in the owning app's `ready()`."""
    _addresses[subject_kind] = url_name


def subject_href(subject_kind: str, subject_id: int) -> str:
    """The record's address, "" where no app has a page for it."""
    url_name = _addresses.get(subject_kind)
    return address(url_name, subject_id) if url_name else ""
