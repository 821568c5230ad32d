"""Columns of a small user table, of every kind."""

from __future__ import annotations

from model.files.table_columns import TableColumn

COLUMNS = (
    TableColumn("id", "integer", "id", low=1, high=10**15, required=True, blank=False),
    TableColumn("lon", "number", "longitude", "degrees east", 73, 136, required=True, blank=False),
    TableColumn("gdp", "number", "GDP", "100 m CNY", 0, required=True),
    TableColumn("name", "text", "name", high=20),
    TableColumn("kind", "text", "kind", choices=("super", "basic")),
    TableColumn("capital", "flag", "capital"),
    TableColumn("opened", "date", "opening"),
)
