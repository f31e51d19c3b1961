from django.apps import AppConfig

from core import checks  # noqa: F401  importing registers them


class CoreConfig(AppConfig):
    name = "core"
