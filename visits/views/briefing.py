"""The briefing pack of a round: the office fills it, every team reads it before the policy talk."""

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.once import once
from core.refusals import RuleBroken
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.briefing import pack_of
from visits.models import BriefingContent, BriefingDocument, BriefingItem, Round
from visits.preparation_forms import DocumentForm, ItemForm
from visits.services.briefing import LARGEST
from visits.views.access import round_for


@require_safe
@policy(Permission.ROUND_VIEW)
def briefing(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    forms = {"item_form": ItemForm(), "document_form": DocumentForm()} if _edits(request) else {}
    return render(request, "visits/briefing.html", _context(round_) | forms)


@require_http_methods(["POST"])
@policy(Permission.ROUND_MANAGE)
@once
def briefing_item_add(request: SignedInRequest, code: str) -> HttpResponse:
    round_, form = round_for(request, code), ItemForm(request.POST)
    if form.is_valid():
        try:
            services.add_item(round=round_, **form.cleaned_data, by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Added. Every team sees it on the page of its visit."))
            return redirect("visits:briefing", round_.code)
    context = _context(round_) | {"item_form": form, "document_form": DocumentForm(), "form": form}
    return render(request, "visits/briefing.html", context, status=422)


@require_http_methods(["POST"])
@policy(Permission.ROUND_MANAGE)
@once
def briefing_document_add(request: SignedInRequest, code: str) -> HttpResponse:
    round_, form = round_for(request, code), DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.add_document(
                round=round_,
                title=form.cleaned_data["title"],
                name=file.name,
                data=file.read(LARGEST + 1),
                by=request.user,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            form.add_error("file", str(refusal.sentence))
        else:
            messages.success(request, _("Added. Every team sees it on the page of its visit."))
            return redirect("visits:briefing", round_.code)
    context = _context(round_) | {"item_form": ItemForm(), "document_form": form, "form": form}
    return render(request, "visits/briefing.html", context, status=422)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def briefing_item_remove(request: SignedInRequest, code: str, item: int) -> HttpResponse:
    found = get_object_or_404(BriefingItem.objects.select_related("round"), round=round_for(request, code), pk=item)
    services.remove_item(item=found, by=request.user, at=timezone.now())
    messages.success(request, _("Taken out: %(topic)s") % {"topic": found.text})
    return redirect("visits:briefing", code)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def briefing_document_remove(request: SignedInRequest, code: str, document: int) -> HttpResponse:
    found = get_object_or_404(
        BriefingDocument.objects.select_related("round"), round=round_for(request, code), pk=document
    )
    services.remove_document(document=found, by=request.user, at=timezone.now())
    messages.success(request, _("Taken out: %(topic)s") % {"topic": found.title})
    return redirect("visits:briefing", code)


@require_safe
@policy(Permission.ROUND_VIEW)
def briefing_document(request: SignedInRequest, code: str, document: int) -> HttpResponseBase:
    """Always as a download, never shown inside the site."""
    found = get_object_or_404(BriefingDocument, round=round_for(request, code), pk=document)
    content = BriefingContent.objects.get(document=found)
    answer = FileResponse(
        io.BytesIO(bytes(content.data)), as_attachment=True, filename=found.name, content_type=found.media_type
    )
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _edits(request: SignedInRequest) -> bool:
    return holds(request.user, Permission.ROUND_MANAGE)


def _context(round_: Round) -> dict[str, Any]:
    return {
        "round": round_,
        "pack": pack_of(round_),
        "crumbs": [
            (_("Rounds"), reverse("visits:rounds")),
            (round_.title, round_.get_absolute_url()),
            (_("Briefing pack"), ""),
        ],
    }
