"""A cache for what can be worked out again: where Redis does not answer it is empty, and pages are only slower."""

from contextlib import suppress
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class AnswersCache(RedisCache):
    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with suppress(RedisError):
            return super().get(key, default, version)
        return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        with suppress(RedisError):
            super().set(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        with suppress(RedisError):
            return super().add(*args, **kwargs)
        return False

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        with suppress(RedisError):
            return super().delete(*args, **kwargs)
        return False
