"""The page on which a user explores one run."""
