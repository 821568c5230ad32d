"""The scorecard: facts about firms, cities and centres, judged seed by seed."""
