"""What the desks do: the street, the pairing unit and the department accept, write progress and answer."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.story import DEPARTMENT, STREET, UNIT, Story
from tests.e2e.story_team import SAID

PROGRESS = "已和物业约好，本周六上午一起清理8号楼的楼道。"
CLEARED = "8号楼楼道堆物已经全部清走，每层贴了提示，楼组长每周看一次。"
CHARGING = "3号楼东侧装好了12个充电插座，扫码就能用。"
RULE = "《上海市既有多层住宅加装电梯操作口径》第五条"
EXPLAINED = "加装电梯要三分之二以上业主同意，现在12号楼还差两户。居委会会再上门商量。"


def street_accepts_and_writes_progress(story: Story) -> None:
    with story.desk(STREET) as page:
        accepts(page, "corridor")
        chooses(page, "corridor").get_by_role("link", name="更新进展").click()
        page.get_by_label("办了什么").fill(PROGRESS)
        page.get_by_role("button", name="保存进展").click()
        expect(page.get_by_text("进展已保存。")).to_be_visible()


def street_resolves(story: Story) -> None:
    with story.desk(STREET) as page:
        page.goto("/issues/")
        resolves(page, "corridor", CLEARED)


def pairing_unit_resolves(story: Story) -> None:
    with story.desk(UNIT) as page:
        accepts(page, "e-bikes")
        resolves(page, "e-bikes", CHARGING)


def department_explains(story: Story) -> None:
    """Not possible for now: which rule, and who goes and explains it."""
    with story.desk(DEPARTMENT) as page:
        accepts(page, "lift")
        chooses(page, "lift").get_by_role("link", name="打开完整页面").click()
        page.get_by_role("link", name="说明不能解决").click()
        page.get_by_label("依据哪条规定").fill(RULE)
        page.get_by_label("向居民怎么解释").fill(EXPLAINED)
        page.get_by_role("button", name="提交解释").click()
        expect(page.get_by_text("已提交，先由办公室复看。")).to_be_visible()


def accepts(page: Any, which: str) -> None:
    """From the home to the queue, where the preview beside the list is enough."""
    page.goto("/")
    page.get_by_role("link", name="受理新问题").click()
    preview = page.get_by_role("complementary", name="问题预览")
    expect(preview.get_by_text(SAID[which][0])).to_be_visible()
    preview.get_by_role("button", name="受理").click()
    expect(page.get_by_text("已受理，")).to_be_visible()


def chooses(page: Any, which: str) -> Any:
    """An issue of the list of everything under way, with its preview."""
    page.get_by_role("navigation", name="问题列表").get_by_role("link", name="全部在办").click()
    under_way = page.get_by_role("table", name="全部在办")
    under_way.get_by_role("link", name=SAID[which][0][:12]).click()
    preview = page.get_by_role("complementary", name="问题预览")
    expect(preview.get_by_text(SAID[which][0])).to_be_visible()
    return preview


def resolves(page: Any, which: str, words: str) -> None:
    chooses(page, which).get_by_role("link", name="提交办理结果").click()
    page.get_by_label("办理结果").fill(words)
    page.get_by_role("button", name="提交办理结果").click()
    expect(page.get_by_text("已提交，由带队领导或居民区书记向居民确认。")).to_be_visible()
