"""What residents see and say with a slip or a card and no account, and what the secretary asks them."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.story import AREA, STREET, Story, choose
from tests.e2e.story_desks import CLEARED, EXPLAINED, PROGRESS, RULE
from tests.e2e.story_team import SAID


def follows(story: Story, page: Any, which: str) -> None:
    """Types number and code from the slip."""
    number, code = story.found[which]
    page.goto("/t/")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查办理进度").tap()
    expect(page.get_by_text(f"{number} · {AREA}居民区")).to_be_visible()


def reads_the_progress(story: Story) -> None:
    with story.phone() as page:
        follows(story, page, "corridor")
        expect(page.get_by_text(PROGRESS)).to_be_visible()
        expect(page.get_by_text(f"{STREET}办理")).to_be_visible()


def reads_the_result(story: Story) -> None:
    with story.phone() as page:
        follows(story, page, "corridor")
        expect(page.get_by_text(CLEARED)).to_be_visible()
        expect(page.get_by_text("请您确认").first).to_be_visible()


def does_not_read_the_explanation_yet(story: Story) -> None:
    with story.phone() as page:
        follows(story, page, "lift")
        expect(page.get_by_text("领导小组办公室复核答复")).to_be_visible()
        expect(page.get_by_text(EXPLAINED)).to_be_hidden()


def reads_the_explanation(story: Story) -> None:
    with story.phone() as page:
        follows(story, page, "lift")
        expect(page.get_by_text(EXPLAINED)).to_be_visible()
        expect(page.get_by_text(RULE)).to_be_visible()


def asks_the_residents(story: Story) -> None:
    """The secretary tells each of them the answer and writes down how it was taken."""
    with story.phone("secretary") as page:
        for which, taken, status in (
            ("e-bikes", "认可", "已解决"),
            ("corridor", "认可", "已解决"),
            ("lift", "理解", "已解释"),
        ):
            page.goto("/")
            page.get_by_role("link", name="要告诉居民的答复").tap()
            page.get_by_role("link", name=SAID[which][0][:12]).tap()
            page.get_by_role("link", name="告诉居民并确认").tap()
            page.get_by_label("告诉了谁").fill("反映人")
            choose(page, "当面")
            choose(page, taken)
            page.get_by_role("button", name="保存居民的意见").tap()
            expect(page.get_by_text(f"已保存：{status}。")).to_be_visible()
