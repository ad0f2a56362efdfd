"""The same service twice on one claim is often an error of entry."""
