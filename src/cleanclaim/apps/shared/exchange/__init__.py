"""Every byte in or out, kept as it was: files, partners, control numbers, drop folders."""
