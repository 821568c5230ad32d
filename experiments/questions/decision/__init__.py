"""Should a city build? Plans compared over the members of the ensemble, from common histories."""
