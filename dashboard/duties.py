"""What a home page is made of: duties with a count and a way in, the round, the next visit, what is urgent."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from issues.queries import desk_counts
from teams.models import User
from visits.models import Round, Visit
from visits.progress import Progress


@dataclass(frozen=True)
class Duty:
    """One row: how many, what to do, more about it, where. `tone` late is red, soon is amber."""

    count: int
    title: str
    url: str
    action: str
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Deadline:
    day: date
    words: str
    url: str = ""


@dataclass
class Home:
    """`words` stand under the heading; `empty` says what will appear here when nothing does now."""

    duties: list[Duty] = field(default_factory=list)
    words: str = ""
    empty: str = ""
    empty_url: str = ""
    empty_label: str = ""
    round: Round | None = None
    progress: Progress | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    visits_today: list[Visit] = field(default_factory=list)
    visits_today_url: str = ""
    next: Any = None
    urgent: Any = None
    findings: str = ""
    on_phone: bool = False


class Desk:
    """The lists of a person with their counts: every duty of an issue names its list, so that both always agree."""

    def __init__(self, user: User, at: datetime) -> None:
        self.counts = desk_counts(user, at)

    def duty(self, view: str, title: str, action: str, detail: str = "", tone: str = "") -> Duty:
        return Duty(self.counts.get(view, 0), title, issue_list(view), action, detail, tone)


def issue_list(view: str, **filters: Any) -> str:
    more = "".join(f"&{name}={value}" for name, value in filters.items())
    return f"{reverse('issues:queue')}?view={view}{more}"


def visit_list(round_: Round, status: str) -> str:
    return f"{reverse('visits:visits')}?round={round_.code}&status={status}"
