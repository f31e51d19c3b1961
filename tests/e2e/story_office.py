"""What the coordinator does at a desk before the year's end: workbooks, the round, levels, second opinions.

And the one thing the administrator does: a link with which the lead sets a password.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from programmes.demo.build import WORKBOOKS
from tests.e2e.story import AREA, DEPARTMENT, Story, choose, in_words, person
from tests.e2e.story_team import SAID

WINDOW_DAYS = 10


def numbers_of(page: Any, name: str) -> list[str]:
    """The numbers in the line of a table that begins with this name."""
    line = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{name}")))
    return line.get_by_role("cell").all_inner_texts()


# -- Workbooks ---------------------------------------------------------------------------------------


def imports_the_workbooks(story: Story) -> None:
    files: list[Path] = sorted(WORKBOOKS.iterdir())
    with story.desk("coordinator") as page:
        page.goto("/import/")
        page.get_by_label("表格文件").set_input_files(files)
        page.get_by_role("button", name="检查文件").click()
        expect(page.get_by_role("heading", name="核对要导入的内容")).to_be_visible()
        for table, new in (("居民区", "307"), ("团队", "307"), ("席位", "1535"), ("结对", "307"), ("问题", "638")):
            assert numbers_of(page, table)[0] == new, table
        expect(page.get_by_text("其中空缺4个")).to_be_visible()
        expect(page.get_by_text("现在还没有改动。核对无误后再导入。")).to_be_visible()
        page.get_by_role("button", name="导入", exact=True).click()
        expect(page.get_by_text("已导入：")).to_contain_text("团队新增307")


# -- The round ---------------------------------------------------------------------------------------


def opens_the_round(story: Story) -> None:
    """This quarter, with a window of ten days that begins today."""
    year, quarter = story.round.split("q")
    last = story.day + timedelta(days=WINDOW_DAYS - 1)
    with story.desk("coordinator") as page:
        page.goto("/")
        page.get_by_role("link", name="排期").click()
        page.get_by_role("link", name="新的一轮").first.click()
        page.get_by_label("年份").fill(year)
        page.get_by_label("季度").select_option(quarter)
        page.get_by_label("走访窗口第一天").fill(story.day.isoformat())
        page.get_by_label("走访窗口最后一天").fill(last.isoformat())
        expect(page.get_by_text(f"走访窗口{WINDOW_DAYS}天，其中")).to_be_visible()
        page.get_by_role("button", name="准备这一轮").click()
        expect(page.get_by_text("这一轮已准备好。")).to_be_visible()
        page.get_by_role("link", name="启动本轮").click()
        expect(page.get_by_text("会建立307场走访，每个结对居民区一场。")).to_be_visible()
        page.get_by_role("button", name="启动，建立307场走访").click()
        expect(page.get_by_text("这一轮已启动，可以排期了。")).to_be_visible()
        progress = page.get_by_role("region", name="本轮进度")
        expect(progress.get_by_role("link", name=re.compile("^还没排期"))).to_contain_text("307个居民区")
        expect(progress.get_by_role("link", name=re.compile("^已完成走访"))).to_contain_text("0/ 307个居民区")


def schedules_and_announces_the_visit(story: Story) -> None:
    """This morning at half past nine: the meeting is over when the story goes on."""
    with story.desk("coordinator") as page:
        page.goto("/")
        page.get_by_role("searchbox").fill(AREA)
        page.get_by_role("searchbox").press("Enter")
        page.get_by_role("link", name=AREA).first.click()
        page.get_by_role("row").filter(has_text="还没排期").get_by_role("link").click()
        page.get_by_role("link", name="去安排").click()
        today = page.get_by_role("group", name=f"{in_words(story.day)}（周")
        today.get_by_role("radio", name="上午 6人都有空").check()
        page.get_by_role("button", name="排期").click()
        page.get_by_role("link", name="发通知").click()
        expect(page.get_by_role("link", name="先不做")).to_be_visible()
        page.get_by_role("button", name="发通知").click()
        expect(page.get_by_text("已通知团队和居民区书记。")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{AREA}居民区 已通知")


# -- Issues ------------------------------------------------------------------------------------------


def sets_the_level(story: Story) -> None:
    """Of the issue the team was not sure about: the responsibility list names the department."""
    with story.desk("coordinator") as page:
        page.goto("/")
        page.get_by_role("link", name="给问题定级").click()
        page.get_by_role("link", name="定级", exact=True).click()
        expect(page.get_by_role("heading", name="由谁解决？")).to_be_visible()
        expect(page.get_by_text(SAID["lift"][0])).to_be_visible()
        choose(page, f"职能部门 {DEPARTMENT} · 15个工作日")
        page.get_by_role("button", name="定级并分派").click()
        expect(page.get_by_text(f"已分给{DEPARTMENT}，")).to_be_visible()


def agrees_with_the_explanation(story: Story) -> None:
    with story.desk("coordinator") as page:
        page.goto("/")
        page.get_by_role("link", name="复核解释").click()
        page.get_by_role("link", name="复看解释").click()
        choose(page, "同意这个解释")
        page.get_by_role("button", name="保存复看意见").click()
        expect(page.get_by_text("复看意见已保存。")).to_be_visible()


# -- The administrator -------------------------------------------------------------------------------


def makes_a_password_link(story: Story) -> None:
    """For the lead, who came with a workbook and has no password yet."""
    lead = person("lead")
    with story.desk("administrator") as page:
        page.goto("/accounts/")
        page.get_by_role("textbox", name="姓名或手机号").fill(lead.name)
        page.get_by_role("button", name="筛选").click()
        page.get_by_role("link", name=lead.name).click()
        page.get_by_role("button", name="生成设置密码的链接").click()
        expect(page.get_by_text("三天内有效，只能用一次，不再显示。")).to_be_visible()
        story.found["link"] = urlsplit(page.get_by_text(re.compile("^https?://")).inner_text()).path
