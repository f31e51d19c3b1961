"""What the programme clears away every night (settings.NIGHTLY_JOBS)."""

from datetime import datetime

from programmes.imports.uploads import sweep


def forget_uploads(at: datetime) -> str:
    """Workbooks somebody uploaded and never imported."""
    return f"{sweep(at)} uploads forgotten"
