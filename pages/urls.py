"""Addresses that need no sign-in."""

from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("v/<slug:code>/", views.visit, name="visit"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("large-text/", views.large_text, name="large_text"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
