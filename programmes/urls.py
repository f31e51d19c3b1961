"""Addresses of the programme's rules and of the import."""

from django.urls import path

from programmes import calendar_views, channel_views, views

app_name = "programmes"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    # The ways a message can take
    path("settings/channels/", channel_views.channels, name="channels"),
    path("settings/channels/new/<slug:channel>/", channel_views.channel_new, name="channel_new"),
    path("settings/channels/mail/test/", channel_views.channel_test_mail, name="channel_test_mail"),
    path("settings/channels/<int:pk>/", channel_views.channel, name="channel"),
    path("settings/channels/<int:pk>/switch/", channel_views.channel_switch, name="channel_switch"),
    path("settings/channels/<int:pk>/test/", channel_views.channel_test, name="channel_test"),
    path("settings/channels/<int:pk>/keys/<slug:key>/", channel_views.channel_forget_key, name="channel_forget_key"),
    # Servers people's own calendars may be read from
    path("settings/calendars/", calendar_views.calendar_hosts, name="calendar_hosts"),
    path("settings/calendars/<int:pk>/forbid/", calendar_views.calendar_host_forbid, name="calendar_host_forbid"),
    # Importing: choose files, look at what they would change, confirm
    path("import/", views.start_import, name="start_import"),
    path("import/<slug:token>/", views.check_import, name="check_import"),
    path("import/<slug:token>/confirm/", views.confirm_import, name="confirm_import"),
]
