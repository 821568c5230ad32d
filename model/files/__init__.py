"""Readers of users' files: tables and TOML."""
