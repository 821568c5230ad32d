"""The geography of a run: cities, centres, distances, links and routes."""
