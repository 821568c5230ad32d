"""Agents: one file per kind or subject, with state columns, rules and Mesa class."""
