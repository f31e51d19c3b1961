"""Import the workbooks of a folder: units, areas, teams, ledger, busy times. All of them, or none when one is wrong."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from programmes.imports.report import Report
from programmes.imports.run import File, check, run

SUFFIXES = {".xlsx", ".xlsm", ".xls", ".csv"}


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        files = files_of(folder)
        report = check(files, at=timezone.now()) if dry_run else run(files, by=None, at=timezone.now())
        for problem in [*report.errors, *report.remarks]:
            self.stdout.write(str(problem))
        if not report.is_fine:
            raise CommandError(_("Nothing was imported."))
        self.summary(report, dry_run)

    def summary(self, report: Report, dry_run: bool) -> None:
        for count in report.counts:
            label = f"{count.label} ({count.note})" if count.note else count.label
            numbers = {"label": label, "created": count.created, "changed": count.changed, "left": count.left}
            self.stdout.write(_("%(label)s: %(created)s created, %(changed)s changed, %(left)s left") % numbers)
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing was changed."))


def files_of(folder: Path) -> list[File]:
    """The workbooks in it, by name; what Excel leaves beside an open workbook (~$…) is none."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder")
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.name[0] not in "~."]
    if not paths:
        raise CommandError(f"there is no workbook in {folder}")
    return [_file(path) for path in paths]


def _file(path: Path) -> File:
    with path.open("rb") as stream:
        return File.of(path.name, stream, path.stat().st_size)
