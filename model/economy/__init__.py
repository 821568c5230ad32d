"""The regional economy: markets, entry and exit, accounts."""
