"""Topics that were collected before the meeting: one touch makes a draft of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.once import once
from issues.services import log_topic
from issues.views.log import visit_to_log
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.models import Topic


@require_POST
@policy(Permission.ISSUE_LOG)
@once
def log_from_topic(request: SignedInRequest, code: str, topic: int) -> HttpResponse:
    """On to the first step, where the words can be completed."""
    visit = visit_to_log(request, code)
    found = get_object_or_404(Topic.objects.select_related("visit__area__street", "visit__team"), visit=visit, pk=topic)
    issue = log_topic(topic=found, by=request.user, at=timezone.now())
    return redirect("issues:log_edit", visit.code, issue.pk)
