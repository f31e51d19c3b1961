"""What the visit team does, on its phones: the meeting is over, the record, the issues, the slips, the end."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.story import AREA, PASSWORD, STREET, UNIT, Story, choose, person

# What three residents said, who should solve it as the team sees it, and the category.
SAID = {
    "corridor": ("8号楼2到5楼楼道里堆了旧家具和纸箱，老人走路要侧着身子过。", "楼道堆物", "街道"),
    "lift": ("12号楼六层没有电梯，九户老人想加装，一楼不同意。", "房屋修缮、加梯", "还说不准"),
    "e-bikes": ("3号楼门口没有地方给电动车充电，大家从楼上拉线下来。", "电动车充电", "结对单位"),
}
POLICY = "既有多层住宅加装电梯的补贴"
SUMMARY = "居民最关心楼道堆物和加装电梯，会后到8号楼、12号楼看了现场。"


def signs_in(story: Story, page: Page) -> None:
    """The lead opens the administrator's link, sets a password, and signs in with the mobile number."""
    lead = person("lead")
    page.goto(story.found["link"])
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新密码").fill(PASSWORD)
    page.get_by_role("button", name="设置密码").tap()
    expect(page.get_by_text("密码设好了，请登录。")).to_be_visible()
    page.get_by_label("姓名或手机号").fill(lead.phone)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text(lead.name)


def hands_in_the_record(story: Story) -> None:
    with story.phone() as page:
        signs_in(story, page)
        page.get_by_role("link", name="消息，1条未读").tap()
        page.get_by_role("link", name=AREA).tap()
        page.get_by_role("button", name="座谈会结束了").tap()
        expect(page.get_by_text("已标记。请核对参会人员、记录问题。")).to_be_visible()
        page.get_by_role("link", name="核对参会人员").tap()
        page.get_by_role("checkbox", name="政协委员").uncheck()
        page.get_by_label("到了多少位居民？").fill("31")
        page.get_by_label("会上说了什么？").fill(SUMMARY)
        page.locator("summary").filter(has_text="宣讲").tap()
        page.get_by_label("宣讲了什么政策？").fill(POLICY)
        page.get_by_label("谁宣讲的？").select_option(label=person("lawyer").name)
        page.get_by_role("button", name="提交记录").tap()
        expect(page.get_by_text("记录已提交。")).to_be_visible()
        expect(page.get_by_text("居民31人，团队4人")).to_be_visible()
        logs(page, "e-bikes")


def logs_two_issues(story: Story) -> None:
    """The lawyer, from the own home."""
    with story.phone("lawyer") as page:
        page.goto("/")
        logs(page, "corridor", then="再记一个")
        logs(page, "lift")


def logs(page: Page, which: str, then: str = "保存") -> None:
    """Two short steps: what was said, then category and level."""
    words, category, level = SAID[which]
    if page.get_by_role("link", name="记录一个问题").is_visible():
        page.get_by_role("link", name="记录一个问题").tap()
    expect(page.get_by_text("第1步，共2步")).to_be_visible()
    page.get_by_label("问题内容").fill(words)
    page.get_by_role("button", name="下一步").tap()
    expect(page.get_by_text("第2步，共2步")).to_be_visible()
    choose(page, category)
    choose(page, level)
    page.get_by_role("button", name=then).tap()
    expect(page.get_by_role("heading", name="居民反映的问题" if then == "保存" else "居民说了什么？")).to_be_visible()


def submits_the_issues(story: Story) -> None:
    """The lead looks at all three, sends them out, and prints a slip for each of the residents."""
    with story.phone("lead") as page:
        page.goto("/")
        page.get_by_role("link", name="核对并提交").tap()
        expect(page.get_by_role("heading", name="提交前请核对3个问题")).to_be_visible()
        for words, category, _level in SAID.values():
            expect(page.get_by_text(words)).to_be_visible()
            expect(page.get_by_text(category).first).to_be_visible()
        page.get_by_role("button", name="确认，提交3个问题").tap()
        expect(page.get_by_role("heading", name="3个问题已提交")).to_be_visible()
        expect(page.get_by_text(re.compile("^编号..Q.-0001至..Q.-0003$"))).to_be_visible()
        for sentence in (f"{UNIT}会在", f"{STREET}会在", "领导小组办公室先定1个问题由谁解决"):
            expect(page.get_by_role("listitem").filter(has_text=sentence)).to_be_visible()
        page.get_by_role("link", name="打印3张回执").tap()
        for which, (words, *_rest) in SAID.items():
            receipt = page.locator("section").filter(has_text=words[:12])
            expect(receipt.get_by_text("微信扫一扫，看问题办到哪一步。")).to_be_visible()
            story.found[which] = slip_on(receipt.inner_text())


def slip_on(paper: str) -> tuple[str, str]:
    """Number and code as a resident reads them from the paper."""
    found = re.search(r"(\d\dQ\d-\d{4}).*查询码\s*(\w{4} \w{4})", paper, re.DOTALL)
    assert found
    return found[1], found[2]


def marks_last_times_promises(story: Story) -> None:
    """The lawyer goes through the issues of the old ledger and touches what residents said to each."""
    with story.phone("lawyer") as page:
        page.goto("/")
        page.get_by_role("link", name="标记上次问题的反馈").tap()
        expect(page.get_by_role("heading", name="上次问题的反馈", level=1)).to_be_visible()
        rows = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="认可", exact=True))
        left = rows.count()
        expect(page.get_by_text(f"共{left}个，还有{left}个没标记")).to_be_visible()
        for n in range(left):
            rows.nth(n).get_by_role("button", name="认可", exact=True).tap()
            expect(rows.nth(n).get_by_role("button", name="认可", exact=True)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_text("都标记好了，谢谢您。")).to_be_visible()


def closes_the_visit(story: Story) -> None:
    with story.phone("lead") as page:
        page.goto("/")
        page.get_by_role("link", name="办结走访").tap()
        page.get_by_role("button", name="办结走访").tap()
        expect(page.get_by_text("这场走访已办结，谢谢您。")).to_be_visible()
