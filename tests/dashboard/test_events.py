"""The activity log as a page, its check, and the jobs of the night."""

import ast
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core import events
from core.models import ChainHead, Event, SubmittedForm
from core.transitions import Machine
from dashboard import nightly
from dashboard.activity import MACHINES, OF_TYPE, TYPES, VERBS, entries, verb_words
from issues import counters
from issues.models import Ending, IssueCounter, IssueStatus, Response
from issues.vault import Reported, seal
from notifications.kinds import Kind
from notifications.models import Heartbeat, Message
from notifications.periodic import run_nightly
from tests.dashboard.conftest import NOW, SUBMITTED, Busy, SignIn
from tests.factories.issues import Journey
from tests.people import District


def tamper(sql: str) -> None:
    """What somebody with the database's password can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_event DISABLE TRIGGER ALL")
        else:
            cursor.execute("DROP TRIGGER core_event_no_update")
            cursor.execute("DROP TRIGGER core_event_no_delete")
        cursor.execute(sql)


# -- The page -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_the_log_is_for_those_who_answer_for_the_whole(busy: Busy, sign_in: SignIn, who: str) -> None:
    page = sign_in(busy.district[who]).get("/events/")
    newest = page.context["page"].rows[0]
    assert newest.seq == ChainHead.objects.get().seq
    assert newest.name == busy.issues[-1].code
    assert newest.url == busy.issues[-1].get_absolute_url()


@pytest.mark.parametrize("who", ["lead", "street", "secretary"])
def test_others_do_not_see_the_log(busy: Busy, sign_in: SignIn, who: str) -> None:
    client = sign_in(busy.district.own[who])
    assert client.get("/events/").status_code == 403
    assert client.post("/events/verify/").status_code == 403


def test_every_entry_of_a_busy_quarter_has_words(busy: Busy) -> None:
    found = entries(Event.objects.all())
    assert {str(entry.verb) for entry in found} & {event.verb for event in Event.objects.all()} == set()
    assert all(entry.name for entry in found if entry.verb != VERBS["remove"])


def test_every_move_of_every_table_has_words() -> None:
    for object_type, machine in MACHINES.items():
        assert isinstance(machine, Machine) and object_type in TYPES
        assert all(verb_words(object_type, move.name) == move.label for move in machine)


TAKE_A_VERB = {"append", "save", "Happened", "note"}
APPS = ("core", "notifications", "teams", "visits", "issues", "assessment", "dashboard", "pages", "programmes")


def verbs_in(tree: ast.AST) -> Iterator[str]:
    """What stands where append(…), changes.save(…), Happened(…) and moves.note(…) take the verb; … for what varies."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            verb = call.args[1] if name in TAKE_A_VERB and len(call.args) > 1 else None
            if isinstance(verb, ast.Constant) and isinstance(verb.value, str):
                yield verb.value
            elif isinstance(verb, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in verb.values)


def test_every_verb_the_services_write_has_words() -> None:
    files = [path for app in APPS for path in Path(settings.BASE_DIR, app).rglob("*.py")]
    found = {verb for path in files for verb in verbs_in(ast.parse(path.read_text(encoding="utf-8")))}
    worded = {*VERBS, *(verb for _type, verb in OF_TYPE), *(move.name for moves in MACHINES.values() for move in moves)}
    assert {"photos", "change_email", "follow_up", "followed_up", "promise_…"} <= found
    assert {verb for verb in found if "…" not in verb} - worded == set()
    assert {verb for verb in found if "…" in verb} == {"promise_…", "confirm_…"}
    assert {f"promise_{one}" for one in Response.values} | {f"confirm_{one}" for one in Ending.values} <= worded


def test_every_verb_has_words_for_the_thing_it_is_said_of() -> None:
    """The two that mean something else elsewhere."""
    assert verb_words("visits.planrun", "release") != verb_words("notifications.restore", "release")
    assert verb_words("visits.planrun", "ask") != verb_words("visits.visit", "ask")


def test_the_log_says_nothing_of_what_a_draft_contains(district: District, sign_in: SignIn) -> None:
    draft = Journey(district, at=NOW).draft(title="楼上漏水")
    events.append(draft, "log", by=district.own["lead"], at=NOW)
    page = sign_in(district["auditor"]).get("/events/")
    assert "楼上漏水" not in page.content.decode()
    assert (page.context["page"].rows[0].name, page.context["page"].rows[0].url) == ("", "")


def test_the_log_is_paged_and_costs_the_same_on_every_page(
    busy: Busy, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    auditor = sign_in(busy.district["auditor"])
    for _ in range(6):
        Journey(busy.district, at=NOW).to(IssueStatus.RESOLVED)
    with django_assert_max_num_queries(14):
        first = auditor.get("/events/").context["page"]
    second = auditor.get("/events/", {"cursor": first.next}).context["page"]
    assert second.rows[0].seq == first.rows[-1].seq - 1


# -- The check ------------------------------------------------------------------------------------


def test_the_check_says_how_much_it_looked_at(busy: Busy, sign_in: SignIn) -> None:
    answer = sign_in(busy.district["auditor"]).post("/events/verify/", {"form_key": str(uuid.uuid4())}, follow=True)
    assert f"{ChainHead.objects.get().seq} entries checked" in answer.content.decode()


def test_the_check_names_the_entry_that_was_changed(busy: Busy, sign_in: SignIn) -> None:
    tamper("UPDATE core_event SET actor_name = '别人' WHERE seq = 5")
    answer = sign_in(busy.district["auditor"]).post("/events/verify/", {"form_key": str(uuid.uuid4())}, follow=True)
    assert "Entry 5 was changed afterwards" in answer.content.decode()


def test_the_check_only_answers_to_a_button(busy: Busy, sign_in: SignIn) -> None:
    assert sign_in(busy.district["auditor"]).get("/events/verify/").status_code == 405


# -- Commands -------------------------------------------------------------------------------------


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_head_to_write_down(busy: Busy) -> None:
    head = ChainHead.objects.get()
    assert said("verify_chain") == f"whole, {head.seq} events, head {head.seq}:{head.hash}\n"
    assert "whole" in said("verify_chain", "--anchor", f"{head.seq}:{head.hash}")


def test_the_command_fails_on_a_broken_chain(busy: Busy) -> None:
    tamper("DELETE FROM core_event WHERE seq = 3")
    with pytest.raises(CommandError, match="event 3: missing"):
        said("verify_chain")


def test_an_anchor_shows_a_log_that_was_rewritten_whole(busy: Busy) -> None:
    with pytest.raises(CommandError, match="rewritten"):
        said("verify_chain", "--anchor", f"2:{'0' * 64}")
    with pytest.raises(CommandError, match="SEQ:HASH"):
        said("verify_chain", "--anchor", "2")


def test_recounting_puts_wrong_counters_right(busy: Busy) -> None:
    assert said("recount_issues") == "0 counters differ from the issues\n"
    IssueCounter.objects.filter(facet="all").update(n=99)
    wrong = len(counters.differences())
    assert f"{wrong} counters differ" in said("recount_issues", "--dry-run")
    assert f"{wrong} counters put right" in said("recount_issues")
    assert counters.differences() == []


# -- The night ------------------------------------------------------------------------------------


def alarmed() -> set[str]:
    return {message.recipient.name for message in Message.objects.filter(kind=Kind.CHECK_FAILED)}


def test_a_quiet_night_tells_nobody(busy: Busy, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert run_nightly(at=NOW) == {
        "reopen_due": "0 explanations came up for review",
        "compare_counters": "0 counters differ",
        "check_chain": "the log is whole",
        "forget_reporters": "0 reporters forgotten",
        "forget_photos": "0 photos and 0 left over files forgotten",
        "forget_old_forms": "0 form keys, 0 drafts and 0 sessions forgotten",
        "forget_uploads": "0 uploads forgotten",
        "read_all": "0 calendars to read",
        "give_up_lost": "0 plans given up",
    }
    assert alarmed() == set()
    assert Heartbeat.objects.get(name="check_chain").last_ok == NOW


def test_counters_that_differ_are_told_to_the_office(busy: Busy) -> None:
    IssueCounter.objects.filter(facet="all").update(n=99)
    nightly.compare_counters(NOW)
    assert alarmed() == {busy.district["coordinator"].name}


def test_a_broken_log_is_told_to_everybody_who_may_read_it(busy: Busy) -> None:
    tamper("UPDATE core_event SET verb = 'x' WHERE seq = 4")
    assert nightly.check_chain(NOW) == "the log is broken at 4: changed"
    assert alarmed() == {"许文君", "陈立", "方远", "审计员"}


def test_a_job_that_fails_does_not_stop_the_others(busy: Busy, settings: Any, caplog: Any) -> None:
    settings.NIGHTLY_JOBS = ["tests.dashboard.test_events.explode", "dashboard.nightly.check_chain"]
    assert run_nightly(at=NOW) == {"explode": "failed", "check_chain": "the log is whole"}
    assert Heartbeat.objects.get(name="explode").last_ok is None
    assert "explode failed" in caplog.text
    with pytest.raises(CommandError, match="a job failed"):
        said("nightly", "explode")
    with pytest.raises(CommandError, match="no nightly job is called x"):
        said("nightly", "x")


def explode(at: Any) -> str:
    raise ZeroDivisionError


def test_residents_are_forgotten_a_year_after_their_issue_closed(district: District) -> None:
    journey = Journey(district, at=SUBMITTED)
    closed, still_open = journey.to(IssueStatus.RESOLVED), journey.to(IssueStatus.IN_PROGRESS)
    for issue in (closed, still_open):
        seal(issue, Reported(name="王阿姨", phone="19900001234"))
    assert nightly.forget_reporters(SUBMITTED + timedelta(days=364)) == "0 reporters forgotten"
    assert nightly.forget_reporters(SUBMITTED + timedelta(days=400)) == "1 reporters forgotten"
    assert hasattr(still_open.__class__.objects.get(pk=still_open.pk), "reporter")


def test_keys_of_forms_are_kept_a_month(district: District) -> None:
    SubmittedForm.objects.create(key=uuid.uuid4(), path="/", body_hash="x")
    assert nightly.forget_old_forms(timezone.now()).startswith("0 form keys")
    assert nightly.forget_old_forms(timezone.now() + timedelta(days=31)).startswith("1 form keys")
