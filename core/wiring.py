"""How an app calls one that stands above it: by dotted paths listed in settings, in the order written there."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def load(setting: str) -> list[Callable[..., Any]]:
    return [import_string(path) for path in getattr(settings, setting)]
