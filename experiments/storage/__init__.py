"""Files written whole: Parquet, JSON, folders; and where results come from."""
