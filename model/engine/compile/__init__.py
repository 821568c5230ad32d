"""Rules and procedures to compiled loops: source text, loading, cache."""
