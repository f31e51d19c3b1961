"""The end of the year: the rules, the survey with its cards, the ratings, and the score sheet of the team."""

import re
from decimal import Decimal
from typing import Any

from django.test import Client
from playwright.sync_api import expect

from assessment.services import rate_team
from teams.models import Team
from tests.e2e.story import AREA, STREET, Story, choose, person, team
from tests.e2e.story_team import SAID

CARDS = 12
CODE = re.compile(r"\b[0-9A-Z]{4}(?:[ -][0-9A-Z]{4}){2}\b")
CONTENT = {"satisfaction": "4", "listened": "yes", "aware": "known"}
NOT_CONTENT = {"satisfaction": "2", "listened": "so_so", "aware": "unknown"}


# -- The rules of the year -----------------------------------------------------------------------------


def approves_the_rules(story: Story, who: str, then: str) -> None:
    with story.desk(who) as page:
        page.goto(f"/scores/{story.day.year}/rules/")
        page.get_by_role("link", name="批准这一版").click()
        page.get_by_role("button", name="批准办法").click()
        expect(page.get_by_role("status").filter(has_text=then)).to_be_visible()


def officials_approve_the_rules(story: Story) -> None:
    """Two people, and only the second makes them valid."""
    approves_the_rules(story, "official", "已批准，还要另一人批准。")
    approves_the_rules(story, "other official", "已生效。")


# -- The survey ----------------------------------------------------------------------------------------


def prepares_the_survey(story: Story) -> None:
    with story.desk("coordinator") as page:
        page.goto("/")
        page.get_by_role("link", name="测评").click()
        page.get_by_role("link", name="建立测评").click()
        page.get_by_label("开始日期").fill(story.day.isoformat())
        page.get_by_label("最后一天").fill(story.day.isoformat())
        page.get_by_role("button", name="建立测评").click()
        expect(page.get_by_text("测评已建立。下一步由审计员制卡。")).to_be_visible()


def makes_the_cards(story: Story) -> None:
    """The auditor; the codes are on these sheets and nowhere else."""
    with story.desk("auditor") as page:
        page.goto(f"/surveys/{story.day.year}/")
        page.get_by_role("link", name="测评卡").click()
        page.get_by_label("或者列清单").fill(f"{AREA},{CARDS}")
        page.get_by_role("button", name="制卡").click()
        expect(page.get_by_text("号码只显示这一次。")).to_be_visible()
        expect(page.get_by_text(f"{AREA}居民区")).to_have_count(CARDS)
        story.found["cards"] = CODE.findall(page.get_by_role("main").inner_text())
        assert len(set(story.found["cards"])) == CARDS


def opens_the_survey(story: Story) -> None:
    with story.desk("coordinator") as page:
        page.goto(f"/surveys/{story.day.year}/")
        page.get_by_role("link", name="开始测评").click()
        expect(page.get_by_text(f"有效卡{CARDS}张。")).to_be_visible()
        page.get_by_role("button", name="开始测评").click()
        expect(page.get_by_text("测评开始了，")).to_be_visible()


def residents_answer(story: Story) -> None:
    """One of them is watched on a phone; ten more send theirs, and one card is never used."""
    with story.phone() as page:
        page.goto("/s/")
        page.get_by_label("卡上的号码").fill(story.found["cards"][0])
        page.get_by_role("button", name="下一步").tap()
        for answer in ("非常满意", "认真听了", "知道"):
            choose(page, answer)
        page.get_by_role("button", name="提交").tap()
        expect(page.get_by_role("heading", name="收到了，谢谢您")).to_be_visible()
    for position, code in enumerate(story.found["cards"][1:-1]):
        answers = NOT_CONTENT if position < 2 else CONTENT
        sent = Client().post("/s/send/", {"code": code, **answers, "remarks": ""})
        assert (sent.status_code, sent["Location"]) == (302, "/s/thanks/")


def sees_no_results_yet(story: Story) -> None:
    with story.desk("official") as page:
        answer = page.goto(f"/surveys/{story.day.year}/results/")
        assert answer.status == 404
        expect(page.get_by_role("heading", name="没有这个页面")).to_be_visible()


def closes_the_survey(story: Story) -> None:
    with story.desk("coordinator") as page:
        page.goto(f"/surveys/{story.day.year}/")
        page.get_by_role("link", name="结束测评").click()
        page.get_by_role("button", name="结束测评").click()
        expect(page.get_by_text("测评结束了，现在可以看结果。")).to_be_visible()


def reads_the_results(story: Story) -> None:
    """Nine of eleven are content: 81.8%."""
    with story.desk("official") as page:
        page.goto("/")
        page.get_by_role("link", name="测评").click()
        page.wait_for_url("**/surveys/")
        page.get_by_role("row").get_by_role("link").first.click()
        page.get_by_role("link", name="结果", exact=True).click()
        page.get_by_role("link", name=STREET).click()
        line = page.get_by_role("row").filter(has_text=AREA)
        expect(line.get_by_role("cell")).to_have_text([AREA, "11", "81.8%", "81.8%", "81.8%"])


# -- The scores ----------------------------------------------------------------------------------------


def rates_the_teams(story: Story) -> None:
    """One on the page; the other 306 with the same service."""
    own, year = team(), story.day.year
    with story.desk("coordinator") as page:
        page.goto(f"/scores/{year}/ratings/{own.number}/")
        page.get_by_label("得分").fill("13.5")
        page.get_by_label("原因").fill("按时走访，三个问题都有答复。")
        page.get_by_role("button", name="保存评定").click()
        expect(page.get_by_text(f"第{own.number}团队已评定，")).to_be_visible()
    for other in Team.objects.active().exclude(pk=own.pk):
        rate_team(
            year=year, team=other, points=Decimal(12), reason="按时走访", by=person("coordinator"), at=story.clock()
        )


def computes_and_publishes_the_scores(story: Story) -> None:
    with story.desk("coordinator") as page:
        page.goto(f"/scores/{story.day.year}/")
        page.get_by_role("button", name="计算得分").click()
        expect(page.get_by_text("已计算307个团队的得分。")).to_be_visible()
        page.get_by_role("link", name="发布考评单").click()
        page.get_by_role("button", name="发布考评单").click()
        expect(page.get_by_text("已发布，带队领导会收到消息。")).to_be_visible()


def reads_the_sheet(story: Story) -> None:
    """The lead, on the phone: from the points to the line, from the line to the issue that was counted."""
    with story.phone("lead") as page:
        page.goto("/")
        page.get_by_role("link", name="考评").tap()
        page.get_by_role("link", name=re.compile(f"^第{team().number}团队：.*分$")).tap()
        expect(opens(page, "A1 集中走访按期完成")).to_contain_text("1 / 1场，100.0%")
        expect(opens(page, "C1 满意率")).to_contain_text("9 / 11份，81.8%")
        expect(opens(page, "D1 领导小组办公室评定")).to_contain_text("理由：按时走访，三个问题都有答复。")
        closed = opens(page, "B1 办结率")
        for which in ("corridor", "lift"):
            expect(not_counted(closed)).to_contain_text(story.found[which][0])
        closed.get_by_role("link", name=story.found["e-bikes"][0]).tap()
        expect(page.get_by_role("heading", level=1)).to_contain_text(SAID["e-bikes"][0][:12])
        expect(page.get_by_text("已解决").first).to_be_visible()


def opens(page: Any, name: str) -> Any:
    """A line of the sheet with its arithmetic."""
    line = page.locator("details").filter(has=page.get_by_text(name, exact=True))
    if line.get_attribute("open") is None:
        line.locator("summary").first.tap()
    return line


def not_counted(line: Any) -> Any:
    """The issues others had to solve, which lower nobody's score."""
    return line.locator("div").filter(has=line.page.get_by_role("heading", name=re.compile("^不计入"))).last
