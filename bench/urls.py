"""The site's addresses and one more: the cheapest page somebody signed in can ask for."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_safe

from core.guards import signed_in

LINE = engines["django"].from_string("<p>{{ name }}</p>")


@require_safe
@signed_in
def floor(request: HttpRequest) -> HttpResponse:
    """Session and user from the database, one line from a template: what every page costs at least."""
    return HttpResponse(LINE.render({"name": request.user.name}))  # type: ignore[union-attr]


urlpatterns = [path("bench/floor/", floor, name="bench_floor"), path("", include("config.urls"))]
