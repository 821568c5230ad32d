"""Results folders: one writer, one reader."""
