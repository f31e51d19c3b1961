"""Who came, in words: the residents by kind, and a soft word when they were far fewer or more than usual."""

from visits.models import PreparationStep, StepKind, Visit
from visits.preparing import StepRow


def size_words(visit: Visit) -> str:
    """Measured by the programme's own numbers for invitations, "" where nothing is unusual or it has none."""
    if visit.day is None or not visit.residents_count:
        return ""
    steps = PreparationStep.objects.on(visit.day).filter(kind=StepKind.INVITATIONS)
    rows = (StepRow(step, None, None, visit.day, visit.residents_count) for step in steps)
    return next((row.warning for row in rows if row.warning), "")
