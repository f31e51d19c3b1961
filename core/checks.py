"""System checks: the site does not start with broken wiring."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

WIRING = ["VISIT_CLOSING_CHECKS", "VISIT_ISSUE_COUNTS", "VISIT_AGENDA_PARTS", "HANDOVER_PARTS", "NIGHTLY_JOBS"]


@register()
def wiring_imports(app_configs: Any, **kwargs: Any) -> list[Error]:
    errors = []
    for name in WIRING:
        for path in getattr(settings, name):
            try:
                import_string(path)
            except ImportError as error:
                errors.append(Error(f"{name} names {path}, which cannot be imported: {error}", id="core.E001"))
    return errors
