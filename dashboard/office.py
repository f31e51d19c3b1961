"""Homes of those who look at the whole district: the office, the leading group, the auditor."""

from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from assessment.models import Survey, SurveyStatus
from core.clock import quarter_code, today
from core.models import ChainHead
from core.statements import Statement, written
from core.until_change import until_change
from dashboard import figures, satisfaction
from dashboard.duties import Deadline, Desk, Duty, Home, issue_list, visit_list
from dashboard.findings import findings
from dashboard.quarters import year_of
from issues.lists import CappedCount
from teams.models import Nomination, NominationStatus, User
from teams.policies import sees_district
from visits.models import Round, Visit, VisitRequest, VisitStatus
from visits.progress import Progress
from visits.queries import current_round, name_people, progress, visits_of_day

SHOWN = 6
NAMED_STREETS = 3


def coordinator(user: User, at: datetime) -> Home:
    home, desk, waiting = _with_round(user, at), Desk(user, at), _waiting(user, at)
    home.duties = [
        *_round_duties(home),
        desk.duty(
            "level", _("Put issues on a level"), _("Decide"), _("the teams were not sure, or it goes to a department")
        ),
        desk.duty("ruling", _("Rule on returned issues"), _("Rule"), _("a unit says it is not responsible")),
        desk.duty("extension", _("Decide on extensions"), _("Decide")),
        desk.duty("review", _("Give the second opinion on explanations"), _("Review")),
        Duty(waiting["requests"], _("Decide on visits asked for"), reverse("visits:visit_requests"), _("Decide")),
        # Handed in after the days of the round, with a reason of the team.
        Duty(
            waiting["late"],
            _("Decide on late records"),
            f"{reverse('visits:visits')}?status=late",
            _("Decide"),
            tone="soon",
        ),
        Duty(waiting["nominations"], _("Decide on nominations"), reverse("teams:nominations"), _("Decide")),
        desk.duty("overdue", _("Look after the overdue issues of the district"), _("Look"), tone="late"),
    ]
    home.empty = _("Clashes, visits without a day and issues to decide on appear here.")
    return home


def _waiting(user: User, at: datetime) -> dict[str, int]:
    """What waits for the office besides issues. One query."""

    def counting() -> Statement:
        return Statement(
            ChainHead.objects.values(
                requests=CappedCount(VisitRequest.objects.visible_to(user).waiting()),
                late=CappedCount(Visit.objects.visible_to(user).late_to_accept()),
                nominations=CappedCount(_proposed(user)),
            )
        )

    counts: dict[str, int] = written("what waits", user.pk, *user.grants, today(at), make=counting).rows()[0]
    return counts


def official(user: User, at: datetime) -> Home:
    home, desk = _with_facts(user, at), Desk(user, at)
    waiting = desk.counts.get("district", 0)
    home.duties = [
        desk.duty("overdue", _("Overdue issues of the district"), _("Look"), tone="late"),
        Duty(waiting, _("Open issues that need district coordination"), issue_list("open", level=4), _("Look")),
    ]
    home.empty = _("Nothing is overdue, nothing waits for the district.")
    return home


def auditor(user: User, at: datetime) -> Home:
    home = _with_facts(user, at)
    home.empty = _("Everything is open to you for reading. The activity log can be checked for later changes.")
    home.empty_url, home.empty_label = reverse("dashboard:events"), _("Open the activity log")
    return home


def nominations(user: User) -> int:
    return _proposed(user).count()


def _proposed(user: User) -> QuerySet[Nomination]:
    return Nomination.objects.visible_to(user).filter(status=NominationStatus.PROPOSED)


def _with_round(user: User, at: datetime) -> Home:
    """How far the round is, what ends next, and the visits of today."""
    day = today(at)
    home = Home(round=current_round(day))
    if home.round:
        home.progress = _progress(home.round, user, at)
        home.words = _in_window(home.round, day)
    home.deadlines = _deadlines(home.round, day)

    def of_day() -> Statement:
        return Statement(visits_of_day(user, day)[: SHOWN + 1])

    rows = written("visits of the day", user.pk, *user.grants, day, make=of_day).rows()
    home.visits_today = name_people(rows[:SHOWN], day)
    if len(rows) > SHOWN:
        home.visits_today_url = f"{reverse('visits:visits')}?status=on_plan&day={day.isoformat()}"
    return home


def _with_facts(user: User, at: datetime) -> Home:
    """The sentences of the dashboard, and how far the round is."""
    home, quarter, day = _with_round(user, at), quarter_code(today(at)), today(at)
    home.findings = until_change("findings", quarter, day, get_language(), make=lambda: _findings(quarter, day))
    return home


def _findings(quarter: str, day: date) -> str:
    found = figures.of_quarter(quarter, day)
    if not found.district.tally.received and not found.district.progress.visits:
        return ""
    return findings(found, satisfaction.of_year(year_of(quarter)))


def _progress(round_: Round, user: User, at: datetime) -> Progress:
    """Whoever sees the whole district sees the same; what is running this minute is not among what homes show."""
    key = (round_.pk, today(at), 0 if sees_district(user) else user.pk)
    return until_change("round-progress", *key, make=lambda: progress(round_, user, at))


def _round_duties(home: Home) -> list[Duty]:
    if not home.round or not home.progress:
        return []
    code, found = home.round.code, home.progress
    return [
        Duty(
            found.conflicts,
            _("Clear up clashes in the schedule"),
            reverse("visits:conflicts", args=[code]),
            _("Clear up"),
            _("somebody or a venue is booked twice"),
            "late",
        ),
        Duty(
            found.missed,
            _("Ask about visits whose day has passed"),
            visit_list(home.round, "missed"),
            _("Look"),
            tone="late",
        ),
        Duty(
            found.unscheduled,
            _("Schedule the visits that have no day yet"),
            reverse("visits:unscheduled", args=[code]),
            _("Schedule"),
            _without_day(home.round) if found.unscheduled else "",
            "soon",
        ),
        Duty(
            found.overdue,
            _("Remind teams whose record or issues are late"),
            visit_list(home.round, "overdue"),
            _("Look"),
            tone="soon",
        ),
    ]


def _without_day(round_: Round) -> str:
    """长堤街道3个，凌波路街道2个…: the streets with most visits to schedule."""

    def counted() -> Statement:
        visits = round_.visits.filter(status=VisitStatus.UNSCHEDULED).order_by()
        streets = visits.values_list("area__street__name").annotate(n=Count("pk"))
        return Statement(streets.order_by("-n", "area__street__position")[: NAMED_STREETS + 1])

    found = written("streets with visits to schedule", round_.pk, make=counted).rows()
    words = [_("%(street)s %(n)s") % {"street": name, "n": n} for name, n in found]
    shown = pgettext("between names", ", ").join(words[:NAMED_STREETS])
    return _("%(streets)s and others") % {"streets": shown} if len(words) > NAMED_STREETS else shown


def _in_window(round_: Round, day: date) -> str:
    if day < round_.window_start:
        n = (round_.window_start - day).days
        return ngettext("the window opens in %(n)s day", "the window opens in %(n)s days", n) % {"n": n}
    if day > round_.window_end:
        return _("the window is over")
    nth, left = (day - round_.window_start).days + 1, (round_.window_end - day).days
    return _("day %(nth)s of the window, %(left)s left") % {"nth": nth, "left": left}


def _deadlines(round_: Round | None, day: date) -> list[Deadline]:
    """What begins or ends next, in its order."""
    found = []
    if round_:
        url = round_.get_absolute_url()
        found += [
            Deadline(round_.window_start, _("The window of the round opens"), url),
            Deadline(round_.window_end, _("The window of the round ends"), url),
        ]
    surveys = written("surveys", make=lambda: Statement(Survey.objects.exclude(status=SurveyStatus.CLOSED)))
    for survey in surveys.rows():
        opens = Deadline(survey.opens_on, _("The survey opens"), survey.get_absolute_url())
        found += [opens, Deadline(survey.closes_on, _("Last day of the survey"), survey.get_absolute_url())]
    return sorted((one for one in found if one.day >= day), key=lambda one: one.day)
