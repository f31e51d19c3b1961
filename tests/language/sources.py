"""The texts of the interface as the code names them, read without gettext: Python by its syntax, templates by Django."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

APPS = [
    "core",
    "notifications",
    "teams",
    "visits",
    "issues",
    "assessment",
    "dashboard",
    "pages",
    "programmes",
    "config",
]
WITHOUT_CONTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
STRING = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"(?<![a-z_])(p?n?gettext|npgettext|_)\(\s*{STRING}(?:,\s*{STRING})?", re.DOTALL)

Text = tuple[str, str]  # context ("" for none), msgid


def all_texts() -> dict[Text, str]:
    """Every text with a place where it stands."""
    root = Path(settings.BASE_DIR)
    found: dict[Text, str] = {}
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            for text in in_python(path.read_text()):
                found.setdefault(text, str(path.relative_to(root)))
    for path in sorted((root / "templates").rglob("*.*")):
        for text in in_template(path.read_text()):
            found.setdefault(text, str(path.relative_to(root)))
    return found


def in_python(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in WITHOUT_CONTEXT and words:
            yield "", words[0]
        elif name in WITH_CONTEXT and len(words) > 1:
            yield words[0], words[1]


def in_template(source: str) -> Iterator[Text]:
    for call, first, second in IN_TEMPLATE.findall(templatize(source)):
        words = [ast.literal_eval(part.lstrip("u")) for part in (first, second) if part]
        if "p" in call:
            yield words[0], words[1].replace("%%", "%")
        else:
            yield "", words[0].replace("%%", "%")
