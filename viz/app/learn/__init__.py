"""The page of stories."""
