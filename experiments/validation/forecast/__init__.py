"""A forecast contest that the model can lose: observed shares of provinces and cities against benchmarks."""
