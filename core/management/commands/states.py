"""Write docs/states.md: a diagram and a table of every transition table there is."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.transitions import Machine, Transition

INTRODUCTION = """\
# States and moves

Written by `manage.py states` from the transition tables of the apps; change the tables, not this page. A test
compares. Buttons, permission checks, refusals and the test matrix are read from the same tables.
"""


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, end with status 1 if the page is out of date"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        file = Path(settings.BASE_DIR) / "docs" / "states.md"
        text = page()
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            raise CommandError("docs/states.md is not what the transition tables say; run manage.py states")


def page() -> str:
    with translation.override("en"):
        return "\n".join([INTRODUCTION, *(section(name, machine) for name, machine in machines())])


def machines() -> Iterator[tuple[str, Machine]]:
    """(`visits.VISIT`, its table) of every app that has a module called `transitions`, in the order of the apps."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.transitions") and config.name != "core":
            module = import_module(f"{config.name}.transitions")
            found = {name: thing for name, thing in vars(module).items() if isinstance(thing, Machine)}
            yield from ((f"{config.name}.{name}", machine) for name, machine in found.items())


def section(name: str, machine: Machine) -> str:
    labels = _labels(machine)
    lines = [f"## {name}", "", "```mermaid", "stateDiagram-v2", *_diagram(machine, labels), "```", ""]
    lines += ["| move | from | to | permission | a reason in writing |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(move, labels) for move in machine), ""])


def _labels(machine: Machine) -> dict[str, str]:
    """Every status of the table with its words, in the order of its enum."""
    used = {str(status) for move in machine for status in (*move.sources, move.target) if status is not None}
    enum = next(type(status) for move in machine for status in move.sources if hasattr(status, "label"))
    return {value: str(label) for value, label in enum.choices if value in used}  # type: ignore[attr-defined]


def _diagram(machine: Machine, labels: dict[str, str]) -> Iterator[str]:
    yield from (f'    state "{label}" as {status}' for status, label in labels.items())
    yield f"    [*] --> {next(iter(labels))}"
    for move in machine:
        yield from (
            f"    {status} --> {move.target}: {move.label}" for status in _sorted(move.sources, labels) if move.target
        )
    leaving = {str(status) for move in machine if move.target for status in move.sources}
    yield from (f"    {status} --> [*]" for status in labels if status not in leaving)


def _row(move: Transition, labels: dict[str, str]) -> str:
    sources = ", ".join(labels[status] for status in _sorted(move.sources, labels))
    target = labels[str(move.target)] if move.target else "as it was"
    return f"| {move.label} (`{move.name}`) | {sources} | {target} | `{move.permission}` | {'yes' if move.needs_note else ''} |"


def _sorted(statuses: Iterable[str], labels: dict[str, str]) -> list[str]:
    wanted = {str(status) for status in statuses}
    return [status for status in labels if status in wanted]
