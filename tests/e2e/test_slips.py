"""Slips on paper: twelve on one sheet, the thirteenth on the next."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.issues import Journey
from tests.factories.visits import placed_visit
from tests.people import District

PAGE = re.compile(rb"/Type\s*/Page\b")
CUT_OFF = (
    "() => [...document.querySelectorAll('.receipt')].filter(one => one.scrollHeight > one.clientHeight + 1).length"
)
A4_INSIDE_MARGINS = {"width": 680, "height": 1002}


@pytest.mark.parametrize(("slips", "sheets"), [(12, 1), (13, 2)])
def test_twelve_slips_fit_on_a_sheet(district: District, page_of: Callable[..., Any], slips: int, sheets: int) -> None:
    visit = placed_visit(team=district.own.team, area=district.own.area, status="held")
    for _each in range(slips):
        Journey(district).submitted(visit=visit, title="十八个字的标题写得满满的占住一整行啊")
    page = page_of(district.own["lead"], viewport=A4_INSIDE_MARGINS)
    page.goto(f"/visits/{visit.code}/slips/")
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) == sheets
    page.emulate_media(media="print")
    assert page.evaluate(CUT_OFF) == 0
