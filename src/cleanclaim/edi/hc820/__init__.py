"""Premium payment: 820, 005010X218."""
