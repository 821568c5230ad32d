"""Where the economy takes place: cities, distances, links and routes."""
