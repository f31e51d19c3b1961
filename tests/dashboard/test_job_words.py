"""The status page speaks the reader's language: the names of jobs and what they said."""

import re
from collections import Counter

import pytest
from django.utils import translation

from dashboard.job_words import COUNTS, job_name, said
from notifications.beats import EVERY_MINUTE
from notifications.channels import Result
from notifications.drain import Drained
from notifications.periodic import job_names
from notifications.planner import Planned

LATIN = re.compile(r"[A-Za-z]")


@pytest.mark.parametrize("name", [*EVERY_MINUTE, *job_names()])
def test_every_job_has_a_chinese_name(name: str) -> None:
    assert not LATIN.search(str(job_name(name)))


@pytest.mark.parametrize("note", ["nothing to do", "nothing due", *(f"3 {what}" for what in COUNTS)])
def test_what_a_job_said_is_chinese(note: str) -> None:
    assert not LATIN.search(said(note))


def test_every_answer_of_a_channel_can_be_said() -> None:
    assert {str(result) for result in Result} <= COUNTS.keys()


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (str(Planned(97, 533)), "reminders due: 97, messages planned: 533"),
        (str(Planned(0, 0)), "nothing to do"),
        (str(Planned(1, 0, ["week"])), "reminders due: 1, rules that could not be worked out: week"),
        (str(Drained(Counter(accepted=2, temporary=1))), "messages sent: 2, to be tried again: 1"),
        (str(Counter(expired=2)), "too late: 2"),
        ("7 whales", "7 whales"),
        ("", ""),
    ],
)
def test_counts_become_words_and_what_is_not_known_stays(note: str, words: str) -> None:
    with translation.override("en"):
        assert said(note) == words
