"""One include per app."""

from django.urls import include, path
from django.views.i18n import set_language

from core.guards import public

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("teams.urls")),
    path("", include("visits.urls")),
    path("", include("issues.urls")),
    path("", include("assessment.urls")),
    path("", include("notifications.urls")),
    path("", include("pages.urls")),
    path("", include("programmes.urls")),
    path("language/", public(set_language), name="set_language"),
]
handler400 = "pages.views.bad_request"
handler403 = "pages.views.forbidden"
handler404 = "pages.views.not_found"
handler500 = "pages.views.server_error"
