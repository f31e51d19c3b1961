"""The whole story in a browser: from five workbooks to a score sheet, played by those who will use the site.

Visit team, secretary and residents hold a phone of 390 px, the desks have 1280 px, everybody reads Chinese.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e import story_desks as desks
from tests.e2e import story_leaders as leaders
from tests.e2e import story_office as office
from tests.e2e import story_residents as residents
from tests.e2e import story_team as team
from tests.e2e import story_year_end as year_end
from tests.e2e.story import PATIENCE, Clock, Story, staff_arrives

USUAL_PATIENCE = 5_000


@pytest.fixture
def story(
    transactional_db: None,
    page_of: Callable[..., Any],
    new_context: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    settings: Any,
) -> Iterator[Story]:
    """An empty installation with its programme, and nobody but the office, the leading group and the auditor."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    call_command("load_programme", "xuhui", verbosity=0)
    staff_arrives(clock())
    expect.set_options(timeout=PATIENCE)
    yield Story(page_of, new_context, clock)
    expect.set_options(timeout=USUAL_PATIENCE)


@pytest.mark.slow
def test_a_year_from_the_workbooks_to_the_score_sheet(story: Story) -> None:
    the_office_prepares(story)
    story.clock.turn_to(15)
    the_team_comes_back_from_the_meeting(story)
    the_desks_answer(story)
    leaders.reads_the_numbers_of_the_quarter(story)
    the_year_ends(story)


def the_office_prepares(story: Story) -> None:
    office.imports_the_workbooks(story)
    office.opens_the_round(story)
    office.schedules_and_announces_the_visit(story)
    office.makes_a_password_link(story)


def the_team_comes_back_from_the_meeting(story: Story) -> None:
    team.hands_in_the_record(story)
    team.marks_last_times_promises(story)
    team.logs_two_issues(story)
    team.submits_the_issues(story)


def the_desks_answer(story: Story) -> None:
    office.sets_the_level(story)
    desks.street_accepts_and_writes_progress(story)
    residents.reads_the_progress(story)
    desks.street_resolves(story)
    residents.reads_the_result(story)
    desks.pairing_unit_resolves(story)
    desks.department_explains(story)
    residents.does_not_read_the_explanation_yet(story)
    office.agrees_with_the_explanation(story)
    residents.reads_the_explanation(story)
    residents.asks_the_residents(story)
    team.closes_the_visit(story)


def the_year_ends(story: Story) -> None:
    year_end.officials_approve_the_rules(story)
    year_end.prepares_the_survey(story)
    year_end.makes_the_cards(story)
    year_end.opens_the_survey(story)
    year_end.residents_answer(story)
    year_end.sees_no_results_yet(story)
    year_end.closes_the_survey(story)
    year_end.reads_the_results(story)
    year_end.rates_the_teams(story)
    year_end.computes_and_publishes_the_scores(story)
    year_end.reads_the_sheet(story)
