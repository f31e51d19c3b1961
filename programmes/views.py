"""Importing workbooks in the browser, and the page that shows the programme's rules."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import signed_in
from core.once import once
from programmes import queries
from programmes.forms import UploadForm
from programmes.imports.report import Report
from programmes.imports.run import Changed, File, check, known_tables, run
from programmes.imports.uploads import Upload, sweep
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

SHOWN_PROBLEMS = 200


@require_safe
@signed_in
def settings(request: SignedInRequest) -> HttpResponse:
    """What the programme runs by. Everybody who works in it may know its rules."""
    may = {
        "may_import": Permission.DATA_IMPORT,
        "may_set_channels": Permission.ACCOUNTS_MANAGE,
        "may_remind": Permission.REMINDERS_MANAGE,
        "may_look": Permission.MESSAGES_VIEW,
    }
    context = {name: holds(request.user, permission) for name, permission in may.items()}
    return render(request, "programmes/settings.html", queries.rules_on(timezone.now()) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.DATA_IMPORT)
@once
def start_import(request: SignedInRequest) -> HttpResponse:
    """Take the files; the next page shows what they would change."""
    at = timezone.now()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        files = [File.of(upload.name, upload.file, upload.size) for upload in form.cleaned_data["workbooks"]]
        upload = Upload.keep(files, owner_id=request.user.pk, at=at)
        return redirect("programmes:check_import", upload.token)
    sweep(at)
    context = {"form": form, "kinds": known_tables(), "crumbs": _crumbs(_("Import workbooks"))}
    return render(request, "programmes/start_import.html", context, status=422 if form.is_bound else 200)


@require_safe
@policy(Permission.DATA_IMPORT)
def check_import(request: SignedInRequest, token: str) -> HttpResponse:
    upload = Upload.find(token, owner_id=request.user.pk, at=timezone.now())
    if upload is None:
        return _gone(request)
    return _show(request, upload, check(upload.files(), at=timezone.now()))


@require_POST
@policy(Permission.DATA_IMPORT)
@once
def confirm_import(request: SignedInRequest, token: str) -> HttpResponse:
    """Import exactly what was shown; when it is no longer what would happen, show it again."""
    upload = Upload.find(token, owner_id=request.user.pk, at=timezone.now())
    if upload is None:
        return _gone(request)
    try:
        report = run(upload.files(), by=request.user, at=timezone.now(), shown=request.POST.get("digest", ""))
    except Changed as changed:
        messages.warning(request, _("The data has changed since this was checked. Please look at it again."))
        return _show(request, upload, changed.report, status=409)
    if not report.is_fine:
        return _show(request, upload, report, status=422)
    upload.forget()
    messages.success(request, _("Imported: %(what)s.") % {"what": _in_words(report)})
    return redirect("programmes:start_import")


def _show(request: SignedInRequest, upload: Upload, report: Report, status: int = 200) -> HttpResponse:
    context = {
        "report": report,
        "errors": report.errors[:SHOWN_PROBLEMS],
        "more_errors": max(len(report.errors) - SHOWN_PROBLEMS, 0),
        "upload": upload,
        "crumbs": _crumbs(_("Check")),
    }
    return render(request, "programmes/check_import.html", context, status=status)


def _gone(request: SignedInRequest) -> HttpResponse:
    context = {
        "title": _("These files are no longer here"),
        "text": _("They have been imported already, or they were uploaded more than two hours ago."),
        "url": reverse("programmes:start_import"),
        "label": _("Upload workbooks"),
    }
    return render(request, "_parts/message_page.html", context, status=404)


def _in_words(report: Report) -> str:
    """`Teams 307 new, Areas 4 changed`: each table with something to tell."""
    new = [
        _("%(label)s %(n)s new") % {"label": count.label, "n": count.created}
        for count in report.counts
        if count.created
    ]
    changed = [
        _("%(label)s %(n)s changed") % {"label": count.label, "n": count.changed}
        for count in report.counts
        if count.changed
    ]
    return _(", ").join(new + changed) or _("nothing new")


def _crumbs(here: str) -> list[tuple[Any, str]]:
    return [(_("Settings"), reverse("programmes:settings")), (here, "")]
