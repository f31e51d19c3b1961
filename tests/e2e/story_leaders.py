"""What the leading group sees: the numbers of the quarter, and the list behind a number."""

import re

from playwright.sync_api import expect

from tests.e2e.story import STREET, Story

ISSUE = re.compile(r"\d\dQ\d-\d{4}")


def reads_the_numbers_of_the_quarter(story: Story) -> None:
    """One visit, three issues, two of them resolved, one explained; a number opens the list it counted."""
    with story.desk("official") as page:
        page.goto("/")
        page.get_by_role("link", name="运行", exact=True).click()
        main = page.get_by_role("region", name="主要指标")
        expect(main.get_by_role("link", name="集中走访")).to_contain_text("1/ 307")
        expect(main.get_by_role("link", name="收到问题")).to_contain_text("3")
        expect(main.get_by_role("link", name="解决率")).to_contain_text("66.7%")
        expect(main.get_by_role("link", name="办结率")).to_contain_text("100.0%")
        street = page.get_by_role("region", name="各街镇数据").get_by_role("row").filter(has_text=STREET)
        expect(street.get_by_role("cell")).to_have_text(["1 / 36", "3", "66.7%", "0", "0"])
        main.get_by_role("link", name="收到问题").click()
        expect(page.get_by_role("row").filter(has_text=ISSUE)).to_have_count(3)
        for which in ("corridor", "lift", "e-bikes"):
            expect(page.get_by_role("row").filter(has_text=story.found[which][0])).to_be_visible()
        page.go_back()
        main.get_by_role("link", name="解决率").click()
        expect(page.get_by_role("row").filter(has_text=ISSUE)).to_have_count(2)
