"""Pages of people, teams, places and nominations, one file a noun."""
