"""Addresses."""

from django.urls import URLPattern, path

from issues.views import actions, check, followups, issue, log, photos, promises, queue, resident, slips, topics

app_name = "issues"
urlpatterns: list[URLPattern] = [
    # -- logging after a meeting, and the resident's page --
    path("visits/<slug:code>/issues/", log.log_start, name="log_start"),
    path("visits/<slug:code>/issues/new/", log.log_said, name="log_said"),
    path("visits/<slug:code>/issues/autosave/", log.log_autosave, name="log_autosave"),
    path("visits/<slug:code>/issues/undelete/", log.log_undelete, name="log_undelete"),
    path("visits/<slug:code>/issues/<int:pk>/edit/", log.log_edit, name="log_edit"),
    path("visits/<slug:code>/issues/<int:pk>/autosave/", log.log_autosave, name="log_autosave"),
    path("visits/<slug:code>/issues/<int:pk>/who/", log.log_who, name="log_who"),
    path("visits/<slug:code>/issues/<int:pk>/levels/", log.log_levels, name="log_levels"),
    path("visits/<slug:code>/issues/<int:pk>/delete/", log.log_delete, name="log_delete"),
    path("visits/<slug:code>/check/", check.check, name="check"),
    path("visits/<slug:code>/submitted/", check.submitted, name="submitted"),
    path("visits/<slug:code>/follow-ups/", followups.follow_ups, name="follow_ups"),
    path("visits/<slug:code>/follow-ups/<str:issue>/", followups.follow_up_outcome, name="follow_up_outcome"),
    path("visits/<slug:code>/issues/topics/<int:topic>/", topics.log_from_topic, name="log_from_topic"),
    path("visits/<slug:code>/promises/", promises.promises, name="promises"),
    path("visits/<slug:code>/promises/<str:issue>/", promises.mark, name="mark"),
    path("visits/<slug:code>/slips/", slips.slips, name="slips"),
    path("t/", resident.resident_find, name="resident_find"),
    path("t/<slug:token>/", resident.resident, name="resident"),
    path("t/<slug:token>/solved/", resident.resident_solved, name="resident_solved"),
    path("t/<slug:token>/visit/", resident.resident_visit, name="resident_visit"),
    path("t/<slug:token>/not-solved/", resident.resident_not_solved, name="resident_not_solved"),
    # -- end of logging and residents --
    # -- the desk --
    path("issues/", queue.queue, name="queue"),
    path("issues/choices/<slug:name>/", queue.choices, name="choices"),
    path("issues/for-area/<slug:slug>/", issue.for_area, name="for_area"),
    path("issues/for-visit/<slug:code>/", issue.for_visit, name="for_visit"),
    path("issues/photos/<uuid:name>/", photos.photo, name="photo"),
    path("issues/<str:code>/", issue.issue, name="issue"),
    path("issues/<str:code>/preview/", issue.preview, name="preview"),
    path("issues/<str:code>/print/", issue.print_issue, name="print_issue"),
    path("issues/<str:code>/follow-up/", followups.follow_up_new, name="follow_up_new"),
    path("issues/<str:code>/reveal/", actions.reveal, name="reveal"),
    path("issues/<str:code>/<slug:action>/", actions.act, name="act"),
]
