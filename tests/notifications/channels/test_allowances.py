"""Limits hold for all workers together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from core.clock import today
from notifications.allowances import take, take_of_day
from notifications.models import Pace
from tests.notifications.channels.conftest import AT

WORKERS = 4


def together(work: Callable[[], list[Any]]) -> list[Any]:
    """What `work` gave in each of several threads with connections of their own."""

    def one(_n: int) -> list[Any]:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return [found for some in pool.map(one, range(WORKERS)) for found in some]


def test_four_workers_take_twenty_a_minute_and_no_more(transactional_db: None) -> None:
    waits = together(lambda: [take("robot", most=20, within=timedelta(minutes=1), at=AT) for _n in range(10)])
    assert (waits.count(None), len(waits)) == (20, 40)


def test_without_its_lock_they_would_take_more(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative twin: all four look before any of them has written down what it took."""
    all_have_looked = Barrier(WORKERS, timeout=20)

    class Unlocked:
        def __init__(self, **how: bool) -> None:
            pass

        def get(self, pk: str) -> Pace:
            row = Pace.objects.get(pk=pk)
            all_have_looked.wait()
            return row

    monkeypatch.setattr(Pace.objects, "select_for_update", Unlocked)
    monkeypatch.setattr("notifications.allowances.transaction", SimpleNamespace(atomic=nullcontext))
    waits = together(lambda: [take("robot", most=20, within=timedelta(minutes=1), at=AT) for _n in range(10)])
    assert waits.count(None) == 40


def test_four_workers_send_what_a_day_allows_and_no_more(transactional_db: None) -> None:
    assert sum(together(lambda: [take_of_day("sms", most=15, day=today(AT)) for _n in range(10)])) == 15
