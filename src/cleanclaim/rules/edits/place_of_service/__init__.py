"""Places of service are codes of the CMS list."""
