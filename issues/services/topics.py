"""What residents wanted to speak about beforehand becomes an issue after the meeting."""

from datetime import datetime

from django.db import transaction

from issues.models import Issue
from issues.services.drafts import log_issue
from teams.models import User
from visits.models import Topic
from visits.services import take_topic


def log_topic(*, topic: Topic, by: User, at: datetime) -> Issue:
    """A draft with the words of the topic; who is second hears that it is written down already."""
    with transaction.atomic():
        topic = take_topic(topic=topic, by=by, at=at)
        visit = topic.visit
        return log_issue(area=visit.area, visit=visit, by=by, at=at, original_text=topic.text)
