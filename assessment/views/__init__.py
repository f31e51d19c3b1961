"""Pages of the survey and the appraisal, one file a noun."""

from assessment.views.answering import answer, card, send, thanks
from assessment.views.cards import survey_cards, survey_cards_void
from assessment.views.ratings import score_rating, score_ratings
from assessment.views.results import survey_results
from assessment.views.rules import score_rule_set_approve, score_rules, score_rules_new
from assessment.views.scores import periods, score_compute, score_publish, scores, sheet
from assessment.views.surveys import survey, survey_close, survey_edit, survey_new, survey_open, surveys

__all__ = [
    "answer",
    "card",
    "periods",
    "score_compute",
    "score_publish",
    "score_rating",
    "score_ratings",
    "score_rule_set_approve",
    "score_rules",
    "score_rules_new",
    "scores",
    "send",
    "sheet",
    "survey",
    "survey_cards",
    "survey_cards_void",
    "survey_close",
    "survey_edit",
    "survey_new",
    "survey_open",
    "survey_results",
    "surveys",
    "thanks",
]
