"""Addresses of the programme's rules and of the import."""

from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    # Importing: choose files, look at what they would change, confirm
    path("import/", views.start_import, name="start_import"),
    path("import/<slug:token>/", views.check_import, name="check_import"),
    path("import/<slug:token>/confirm/", views.confirm_import, name="confirm_import"),
]
