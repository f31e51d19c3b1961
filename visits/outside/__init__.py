"""Reading somebody's own calendar from another server, which is trusted in nothing."""
