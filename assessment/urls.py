"""Addresses: for residents, for the survey, for the scores."""

from django.urls import path

from assessment import views

app_name = "assessment"
urlpatterns = [
    # Residents with a card
    path("s/", views.card, name="card"),
    path("s/answer/", views.answer, name="answer"),
    path("s/send/", views.send, name="send"),
    path("s/thanks/", views.thanks, name="thanks"),
    # Surveys
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/new/", views.survey_new, name="survey_new"),
    path("surveys/<int:year>/", views.survey, name="survey"),
    path("surveys/<int:year>/edit/", views.survey_edit, name="survey_edit"),
    path("surveys/<int:year>/open/", views.survey_open, name="survey_open"),
    path("surveys/<int:year>/close/", views.survey_close, name="survey_close"),
    path("surveys/<int:year>/cards/", views.survey_cards, name="survey_cards"),
    path("surveys/<int:year>/cards/void/", views.survey_cards_void, name="survey_cards_void"),
    path("surveys/<int:year>/results/", views.survey_results, name="survey_results"),
    # Scores
    path("scores/", views.periods, name="periods"),
    path("scores/<int:year>/", views.scores, name="scores"),
    path("scores/<int:year>/compute/", views.score_compute, name="score_compute"),
    path("scores/<int:year>/publish/", views.score_publish, name="score_publish"),
    path("scores/<int:year>/rules/", views.score_rules, name="score_rules"),
    path("scores/<int:year>/rules/new/", views.score_rules_new, name="score_rules_new"),
    path("scores/<int:year>/rules/<int:number>/approve/", views.score_rule_set_approve, name="score_rule_set_approve"),
    path("scores/<int:year>/ratings/", views.score_ratings, name="score_ratings"),
    path("scores/<int:year>/ratings/<int:number>/", views.score_rating, name="score_rating"),
    path("scores/<int:year>/<int:number>/", views.sheet, name="sheet"),
]
