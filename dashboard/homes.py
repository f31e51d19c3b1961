"""The first screen of every role: what do I have to do now? Which function builds it is a table."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import today
from dashboard import fieldwork, office
from dashboard.duties import Desk, Duty, Home
from dashboard.urgent import most_urgent
from teams import coverage
from teams.models import User
from teams.permissions import Role
from teams.queries import seats_in_reach


def home_of(user: User, role: str, at: datetime) -> Home:
    """The home of this role; duties that count nothing are left out."""
    home = HOMES.get(role, nobody)(user, at)
    home.duties = [duty for duty in home.duties if duty.count]
    return home


def desk(user: User, at: datetime) -> Home:
    """Streets, departments and pairing units: by urgency, and the first rows of the queue itself."""
    own = Desk(user, at)
    return Home(
        duties=[
            own.duty("overdue", _("Answer the overdue issues"), _("Handle"), tone="late"),
            own.duty("new", _("Accept new issues"), _("Accept"), _("the clock runs already")),
            own.duty("confirm", _("Wait for the resident's word"), _("Look")),
            own.duty("open", _("All open issues of the unit"), _("Look")),
        ],
        empty=_("New issues for your unit appear here and in your messages."),
        urgent=most_urgent(user, at),
    )


def organ(user: User, at: datetime) -> Home:
    vacant = seats_in_reach(coverage.incomplete_seats(today(at)), user).count()
    return Home(
        duties=[
            Duty(vacant, _("Vacant seats that you supply"), reverse("teams:coverage"), _("Nominate"), tone="soon"),
            Duty(
                office.nominations(user),
                _("Nominations waiting for the office"),
                reverse("teams:nominations"),
                _("Look"),
            ),
        ],
        empty=_("All the seats that you supply are taken."),
    )


def administrator(user: User, at: datetime) -> Home:
    count = User.objects.count()
    active = User.objects.able_to_sign_in().count()
    words = ngettext("%(n)s account may sign in", "%(n)s accounts may sign in", active) % {"n": active}
    return Home(duties=[Duty(count, _("Accounts"), reverse("teams:accounts"), _("Open"), words)])


def nobody(user: User, at: datetime) -> Home:
    return Home(empty=_("You hold no role today. Please ask the office to add you to a team or a unit."))


HOMES: dict[str, Callable[[User, datetime], Home]] = {
    Role.COORDINATOR: office.coordinator,
    Role.OFFICIAL: office.official,
    Role.AUDITOR: office.auditor,
    Role.TEAM_LEAD: fieldwork.team,
    Role.TEAM_MEMBER: fieldwork.team,
    Role.LAWYER: fieldwork.team,
    Role.SECRETARY: fieldwork.secretary,
    Role.HANDLER: desk,
    Role.UNIT_LEAD: desk,
    Role.SUPPLYING_ORGAN: organ,
    Role.ADMINISTRATOR: administrator,
}
