"""What the teams of a round take along for the policy slot."""

from dataclasses import dataclass

from visits.models import BriefingDocument, BriefingItem, BriefingKind, Round


@dataclass(frozen=True)
class Pack:
    points: list[BriefingItem]
    practices: list[BriefingItem]
    documents: list[BriefingDocument]

    def __bool__(self) -> bool:
        return bool(self.points or self.practices or self.documents)


def pack_of(round_: Round | None) -> Pack:
    """Two queries; a visit outside any round has no pack."""
    if round_ is None:
        return Pack([], [], [])
    items = list(round_.briefing_items.all())
    return Pack(
        points=[item for item in items if item.kind == BriefingKind.TALKING_POINT],
        practices=[item for item in items if item.kind == BriefingKind.GOOD_PRACTICE],
        documents=list(round_.briefing_documents.select_related("round")),
    )
