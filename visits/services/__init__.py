"""Every change to rounds and visits. The status itself is written by visits.transitions."""

from visits.services.briefing import add_document, add_item, remove_document, remove_item
from visits.services.busy import add_busy_times, remove_busy_times, restore_busy_times
from visits.services.comparing import check_similar
from visits.services.confirming import answer_dispute, confirm_record, dispute_record
from visits.services.lateness import accept_late, refuse_late
from visits.services.others import accept_request, ask_for_visit, kind_for, new_visit, refuse_request
from visits.services.particulars import Particulars
from visits.services.placing import ClashFound, Placement, move_visit, schedule_many, schedule_visit
from visits.services.plans import (
    PlanOutdated,
    ask_for_plan,
    cancel_plan,
    discard_plan,
    drop_line,
    place_line,
    release_plan,
)
from visits.services.preparing import (
    add_topic,
    count_guests,
    lock_to_log,
    remove_topic,
    take_topic,
    tick_step,
    undo_step,
)
from visits.services.recording import Record, close_visit, hold_visit, record_visit
from visits.services.rounds import add_missing_visits, change_window, close_round, create_round, open_round
from visits.services.telling import announce_many, announce_visit, cancel_visit, reinstate_visit
from visits.services.undoing import undo_placing

__all__ = [
    "ClashFound",
    "Particulars",
    "PlanOutdated",
    "Placement",
    "ask_for_plan",
    "cancel_plan",
    "discard_plan",
    "drop_line",
    "place_line",
    "release_plan",
    "Record",
    "add_document",
    "add_item",
    "accept_late",
    "accept_request",
    "add_busy_times",
    "add_missing_visits",
    "add_topic",
    "answer_dispute",
    "announce_many",
    "announce_visit",
    "ask_for_visit",
    "cancel_visit",
    "change_window",
    "check_similar",
    "close_round",
    "close_visit",
    "confirm_record",
    "count_guests",
    "create_round",
    "dispute_record",
    "hold_visit",
    "kind_for",
    "lock_to_log",
    "move_visit",
    "new_visit",
    "open_round",
    "record_visit",
    "refuse_late",
    "refuse_request",
    "reinstate_visit",
    "remove_document",
    "remove_item",
    "remove_topic",
    "remove_busy_times",
    "restore_busy_times",
    "schedule_many",
    "schedule_visit",
    "take_topic",
    "tick_step",
    "undo_placing",
    "undo_step",
]
