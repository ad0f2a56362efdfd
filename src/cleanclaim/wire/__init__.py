"""Bytes <-> segments: delimiters, envelopes, guide walker, element checks, writer; no business meaning."""
