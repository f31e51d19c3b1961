"""Counting how often something happens within some seconds, together for all processes that share the cache."""

from django.core.cache import cache


def count(key: str, seconds: int) -> int:
    """One more; how many that makes since the first of these seconds."""
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two lines
        return 1
