"""Pages about rounds and visits, grouped by noun."""
