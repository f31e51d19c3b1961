"""Addresses of the inbox and of one's own reminders."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.read_all, name="read_all"),
    path("inbox/<int:pk>/", views.open, name="open"),
    path("reminders/", views.my_reminders, name="my_reminders"),
    path("reminders/coming/", views.coming, name="coming"),
    path("reminders/preferences/", views.preferences, name="preferences"),
    path("reminders/stop/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
