"""Who read or changed which patient's record; append-only and sealed."""
