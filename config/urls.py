"""One include per app."""

from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("teams.urls")),
    path("", include("visits.urls")),
    path("", include("issues.urls")),
    path("", include("assessment.urls")),
    path("", include("notifications.urls")),
    path("", include("pages.urls")),
    path("", include("programmes.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler400 = "pages.views.bad_request"
handler403 = "pages.views.forbidden"
handler404 = "pages.views.not_found"
handler500 = "pages.views.server_error"
