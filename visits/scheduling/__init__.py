"""Scheduling arithmetic without a database: `conflicts` judges a timetable, `plan` proposes the best one."""

from visits.scheduling.conflicts import (
    Booking,
    Busy,
    Clash,
    Rules,
    Slot,
    Trouble,
    conflicts,
    free_slots,
    problems,
)

__all__ = ["Booking", "Busy", "Clash", "Rules", "Slot", "Trouble", "conflicts", "free_slots", "problems"]
