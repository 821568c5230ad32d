"""The page that shows stored results."""
