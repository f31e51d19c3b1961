"""A part of a form that is folded until somebody wants it: open when something in it is filled in or wrong."""

from typing import Any

from crispy_forms.layout import Div
from django.template.loader import render_to_string


class Fold(Div):
    template = "_parts/fold.html"

    def __init__(self, title: Any, *fields: Any, hint: Any = "", standing: dict[str, Any] | None = None) -> None:
        """`standing`: values that are no reason to open it."""
        super().__init__(*fields)
        self.title, self.hint, self.standing = title, hint, standing or {}

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> str:
        names = [pointer.name for pointer in self.get_field_names()]
        fields = self.get_rendered_fields(form, context, **kwargs)
        facts = {"fold": self, "fields": fields, "is_open": any(self._tells(form, name) for name in names)}
        return render_to_string(self.template, facts)

    def _tells(self, form: Any, name: str) -> bool:
        value = form[name].value()
        return bool(form[name].errors) or (bool(value) and str(value) != str(self.standing.get(name, "")))
