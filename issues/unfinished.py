"""What somebody typed and has not saved, and what they took away a moment ago: kept per person on the server.

Who raised it is sealed before it is kept, as everywhere.
"""

from datetime import date
from typing import Any

from core import drafts
from issues import vault
from issues.models import Category, Issue, Level
from issues.services.photos import facts_of
from issues.vault import Reported
from teams.models import User
from visits.models import Visit

PLAIN = ("original_text", "place")
DRAFT_FIELDS = ("original_text", "place", "title", "complexity", "households", "needs_lawyer", "level_unsure")


def of_new(user: User, visit: Visit) -> dict[str, Any]:
    """What is typed for a new issue of this visit, as the form's initial values; {} when nothing is."""
    return _opened(drafts.load(user, _key(visit)))


def of(user: User, visit: Visit, issue: Issue) -> dict[str, Any]:
    """Changes to a draft that were typed but not saved."""
    return _opened(drafts.load(user, _key(visit, issue)))


def keep(user: User, visit: Visit, issue: Issue | None, data: Any) -> None:
    """Keep what a form holds right now; an empty form leaves nothing."""
    body = drafts.typed(data, PLAIN)
    body["person"] = vault.wrap(Reported(data.get("reporter_name", "")[:40], data.get("reporter_phone", "")[:40]))
    if any(body.values()):
        drafts.save(user, _key(visit, issue), body | drafts.typed(data, ["version"]))
    else:
        clear(user, visit, issue)


def clear(user: User, visit: Visit, issue: Issue | None = None) -> None:
    drafts.clear(user, _key(visit, issue))


def keep_removed(user: User, visit: Visit, issue: Issue) -> None:
    """Remember a draft that is about to be taken away, so that this can be undone. Only the last one is."""
    body = {name: getattr(issue, name) for name in DRAFT_FIELDS}
    body |= {"category": issue.category_id, "level": issue.level_id, "raised_on": issue.raised_on.isoformat()}
    body |= {"person": vault.wrap(vault.for_editing(issue)), "photos": facts_of(issue)}
    drafts.save(user, _removed_key(visit), body)


def removed(user: User, visit: Visit) -> str:
    """The first words of the draft that can still be brought back; "" when there is none."""
    return drafts.load(user, _removed_key(visit)).get("original_text", "")[:18]


def take_removed(user: User, visit: Visit) -> dict[str, Any]:
    """The removed draft in the words of `log_issue`, and its `photos`; handed out once."""
    body = drafts.load(user, _removed_key(visit))
    drafts.clear(user, _removed_key(visit))
    if not body:
        return {}
    found: dict[str, Any] = {
        "category": Category.objects.filter(pk=body["category"]).first(),
        "level": Level.objects.filter(pk=body["level"]).first(),
    }
    plain = {name: body[name] for name in DRAFT_FIELDS}
    found |= {"raised_on": date.fromisoformat(body["raised_on"]), "reporter": vault.unwrap(body["person"])}
    return plain | found | {"photos": body.get("photos", [])}


def _opened(body: dict[str, Any]) -> dict[str, Any]:
    if not body:
        return {}
    person = vault.unwrap(body.get("person", ""))
    said = {name: body.get(name, "") for name in PLAIN} | {"reporter_name": person.name, "reporter_phone": person.phone}
    return said | ({"version": body["version"]} if body.get("version") else {})


def _key(visit: Visit, issue: Issue | None = None) -> str:
    return f"issue-said:{visit.pk}:{issue.pk if issue else 'new'}"


def _removed_key(visit: Visit) -> str:
    return f"issue-removed:{visit.pk}"
