"""One photograph, for whoever may see its issue. Its folder is no address of the site."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from issues.models import Photo
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

LIFE = 3600


@require_safe
@policy(Permission.ISSUE_VIEW)
@cache_control(private=True, max_age=LIFE, immutable=True)
def photo(request: SignedInRequest, name: UUID) -> HttpResponse:
    found = get_object_or_404(Photo.objects.visible_to(request.user), name=name)
    try:
        with found.file.open("rb") as file:
            answer = HttpResponse(file.read(), content_type=f"image/{found.kind}")
    except FileNotFoundError as error:
        raise Http404 from error
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = "inline"
    return answer
