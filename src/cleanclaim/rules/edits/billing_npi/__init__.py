"""The billing provider has an NPI with a right check digit."""
