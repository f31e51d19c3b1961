"""Addresses."""

from django.urls import URLPattern, path

from visits.views import (
    board,
    briefing,
    busy,
    calendars,
    dropping,
    others,
    placing,
    preparing,
    prints,
    recording,
    rounds,
    visits,
)

app_name = "visits"
urlpatterns: list[URLPattern] = [
    # -- rounds --
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.round_new, name="round_new"),
    path("rounds/days/", rounds.window_days, name="window_days"),
    path("rounds/<slug:code>/", rounds.round, name="round"),
    path("rounds/<slug:code>/edit/", rounds.round_edit, name="round_edit"),
    path("rounds/<slug:code>/open/", rounds.round_open, name="round_open"),
    path("rounds/<slug:code>/complete/", rounds.round_complete, name="round_complete"),
    path("rounds/<slug:code>/close/", rounds.round_close, name="round_close"),
    # -- a round as a whole --
    path("rounds/<slug:code>/board/", board.board, name="board"),
    path("rounds/<slug:code>/board/news/", board.board_news, name="board_news"),
    path("rounds/<slug:code>/conflicts/", board.conflicts, name="conflicts"),
    path("rounds/<slug:code>/unscheduled/", board.unscheduled, name="unscheduled"),
    path("rounds/<slug:code>/print/", board.round_print, name="round_print"),
    path("rounds/<slug:code>/announce/", board.announce_all, name="announce_all"),
    # -- the briefing pack of a round --
    path("rounds/<slug:code>/briefing/", briefing.briefing, name="briefing"),
    path("rounds/<slug:code>/briefing/items/", briefing.briefing_item_add, name="briefing_item_add"),
    path(
        "rounds/<slug:code>/briefing/items/<int:item>/remove/",
        briefing.briefing_item_remove,
        name="briefing_item_remove",
    ),
    path("rounds/<slug:code>/briefing/documents/", briefing.briefing_document_add, name="briefing_document_add"),
    path("rounds/<slug:code>/briefing/documents/<int:document>/", briefing.briefing_document, name="briefing_document"),
    path(
        "rounds/<slug:code>/briefing/documents/<int:document>/remove/",
        briefing.briefing_document_remove,
        name="briefing_document_remove",
    ),
    # -- visits --
    path("visits/", visits.visits, name="visits"),
    path("visits/mine/", visits.mine, name="mine"),
    path("visits/new/", others.visit_new, name="visit_new"),
    path("visits/requests/", others.visit_requests, name="visit_requests"),
    path("visits/requests/new/", others.request_new, name="request_new"),
    path("visits/requests/<int:pk>/", others.visit_request, name="visit_request"),
    path("visits/requests/<int:pk>/accept/", others.request_accept, name="request_accept"),
    path("visits/requests/<int:pk>/refuse/", others.request_refuse, name="request_refuse"),
    path("visits/month/<int:year>-<int:month>/", visits.month, name="month"),
    path("visits/for-team/<int:number>/", visits.for_team, name="for_team"),
    path("visits/for-area/<slug:slug>/", visits.for_area, name="for_area"),
    path("visits/<slug:code>/", visits.visit, name="visit"),
    path("visits/<slug:code>/schedule/", placing.schedule, name="schedule"),
    path("visits/<slug:code>/move/", placing.move, name="move"),
    path("visits/<slug:code>/drop/", dropping.drop, name="drop"),
    path("visits/<slug:code>/undo/", dropping.undo, name="undo"),
    path("visits/<slug:code>/announce/", placing.announce, name="announce"),
    path("visits/<slug:code>/cancel/", placing.cancel, name="cancel"),
    path("visits/<slug:code>/reinstate/", placing.reinstate, name="reinstate"),
    # -- before the meeting --
    path("visits/<slug:code>/prepare/", preparing.prepare, name="prepare"),
    path("visits/<slug:code>/prepare/<slug:step>/", preparing.prepare_step, name="prepare_step"),
    path("visits/<slug:code>/prepare/<slug:step>/tick/", preparing.prepare_tick, name="prepare_tick"),
    path("visits/<slug:code>/prepare/<slug:step>/undo/", preparing.prepare_undo, name="prepare_undo"),
    path("visits/<slug:code>/topics/<int:topic>/remove/", preparing.topic_remove, name="topic_remove"),
    # -- on paper --
    path("visits/<slug:code>/print/notice/", prints.print_notice, name="print_notice"),
    path("visits/<slug:code>/print/agenda/", prints.print_agenda, name="print_agenda"),
    path("visits/<slug:code>/print/sign-in/", prints.print_sign_in, name="print_sign_in"),
    path("visits/<slug:code>/print/paper-survey/", prints.print_rating, name="print_rating"),
    path("visits/<slug:code>/print/qr/", prints.print_qr, name="print_qr"),
    # -- after the meeting --
    path("visits/<slug:code>/hold/", recording.hold, name="hold"),
    path("visits/<slug:code>/record/", recording.record, name="record"),
    path("visits/<slug:code>/record/draft/", recording.save_draft, name="save_draft"),
    path("visits/<slug:code>/close/", recording.close, name="close"),
    path("visits/<slug:code>/calendar.ics", calendars.visit_ics, name="visit_ics"),
    # -- when people cannot visit --
    path("availability/", busy.availabilities, name="availabilities"),
    path("people/<int:pk>/availability/", busy.availability, name="availability"),
    path("people/<int:pk>/availability/new/", busy.busy_new, name="busy_new"),
    path("people/<int:pk>/availability/remove/", busy.busy_remove, name="busy_remove"),
    path("people/<int:pk>/availability/restore/", busy.busy_restore, name="busy_restore"),
    # -- calendars in and out --
    path("me/calendar/", calendars.my_calendar, name="my_calendar"),
    path("me/calendar/feed/", calendars.feed_make, name="feed_make"),
    path("me/calendar/feed/off/", calendars.feed_off, name="feed_off"),
    path("me/calendar/subscribe/", calendars.subscribe, name="subscribe"),
    path("me/calendar/unsubscribe/", calendars.unsubscribe, name="unsubscribe"),
    path("me/calendar/read/", calendars.read_now, name="read_now"),
    path("me/calendar/state/", calendars.calendar_state, name="calendar_state"),
    path("calendar/<slug:secret>.ics", calendars.feed, name="feed"),
]
