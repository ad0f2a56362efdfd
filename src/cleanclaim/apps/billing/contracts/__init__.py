"""The provider's own record of its contracts, and what they say a line should bring."""
