"""The hint that a record reads like another one, for those who may do something about it."""

from dataclasses import dataclass

from teams.models import User
from teams.permissions import Role
from visits.models import SimilarRecord, Visit
from visits.policies import own_roles


@dataclass(frozen=True)
class Hint:
    """`other` None: there is one, but this person may not see whose it is."""

    similar: SimilarRecord
    other: Visit | None

    @property
    def share(self) -> str:
        return f"{self.similar.percent}%"


def hint_for(visit: Visit, user: User) -> Hint | None:
    """Only the team's lead is asked, and only until he or she has said that it is right. Two queries at most."""
    if not visit.recorded_at or Role.TEAM_LEAD not in own_roles(user, visit):
        return None
    similar = SimilarRecord.objects.filter(visit=visit, checked_at__isnull=True).first()
    if similar is None:
        return None
    other = Visit.objects.visible_to(user).filter(pk=similar.other_id).select_related("area", "team").first()
    return Hint(similar, other)
