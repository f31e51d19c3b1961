"""Slips for everybody who spoke: twelve on an A4 sheet."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from issues.slips import slip_for
from issues.views.log import submitted_of, visit_to_log
from teams.guards import policy
from teams.models import Programme
from teams.permissions import Permission
from teams.requests import SignedInRequest

ON_A_SHEET = 12


@require_safe
@policy(Permission.ISSUE_LOG)
def slips(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_to_log(request, code)
    every = [slip_for(issue) for issue in submitted_of(request, visit)]
    context = {
        "visit": visit,
        "sheets": [every[first : first + ON_A_SHEET] for first in range(0, len(every), ON_A_SHEET)],
        "phone": Programme.current().office_phone or visit.area.street.public_phone,
        "printed_at": timezone.now(),
    }
    return render(request, "issues/slips.html", context)
