"""The tags every page speaks with."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.templatetags import core as tags

AFTERNOON = datetime(2026, 7, 8, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai, a Wednesday

pytestmark = pytest.mark.usefixtures("in_2026")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def page(path: str, view_name: str = "") -> SimpleNamespace:
    request = RequestFactory().get(path)
    request.resolver_match = SimpleNamespace(view_name=view_name)
    return request


@pytest.mark.parametrize(
    ("filter_name", "moment", "chinese", "english"),
    [
        ("zhdate", AFTERNOON, "7月8日", "8 July"),
        ("zhdate", date(2025, 7, 8), "2025年7月8日", "8 July 2025"),
        ("zhday", date(2026, 7, 8), "7月8日（周三）", "Wed 8 July"),
        ("zhdaytime", AFTERNOON, "7月8日（周三）14:00", "Wed 8 July, 14:00"),
        ("zhdaytime", date(2026, 7, 8), "7月8日（周三）", "Wed 8 July"),
        ("zhmoment", AFTERNOON, "7月8日 14:00", "8 July 14:00"),
        ("clock", AFTERNOON, "14:00", "14:00"),
        ("clock", time(9, 5), "09:05", "09:05"),
        ("zhdate", None, "–", "–"),
    ],
)
def test_moment_is_told_in_the_readers_language_and_shanghai_time(filter_name, moment, chinese, english) -> None:
    template = "{{ moment|" + filter_name + " }}"
    with translation.override("zh-hans"):
        assert render(template, moment=moment) == chinese
    with translation.override("en"):
        assert render(template, moment=moment) == english


@pytest.mark.parametrize(
    ("share", "words"),
    [(Decimal("0.7068"), "70.7%"), (0, "0.0%"), (1, "100.0%"), (Decimal("0.0005"), "0.1%"), (None, "–"), ("", "–")],
)
def test_percent_rounds_half_up_and_tells_nothing_from_zero(share, words) -> None:
    assert tags.percent(share) == words


def test_icon_points_into_the_sprite_and_is_hidden_from_readers() -> None:
    html = render('{% icon "flag" "lg" %}')
    assert 'class="i lg"' in html
    assert 'aria-hidden="true"' in html
    assert 'icons.svg#flag"' in html


def test_form_key_is_new_in_every_form() -> None:
    assert render("{% form_key %}") != render("{% form_key %}")


def test_heading_repeats_the_title_block(tmp_path, settings) -> None:
    (tmp_path / "base.html").write_text(
        "<title>{% block title %}{% endblock %}</title><h1>{% block heading %}{% repeat_block 'title' %}{% endblock %}</h1>"
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    assert (
        render("{% extends 'base.html' %}{% block title %}Teams{% endblock %}") == "<title>Teams</title><h1>Teams</h1>"
    )


def test_active_marks_a_page_or_a_whole_app() -> None:
    request = page("/issues/", "issues:detail")
    assert render("{% active 'issues:detail' %}", request=request) == ' aria-current="page"'
    assert render("{% active 'visits:' 'issues:' %}", request=request) == ' aria-current="page"'
    assert render("{% active 'issues:queue' %}", request=request) == ""


def test_query_with_keeps_filters_and_forgets_where_the_list_stood() -> None:
    request = page("/issues/?view=late&street=3&cursor=abc")
    assert render("{% query_with view='new' %}", request=request) == "?view=new&amp;street=3"
    assert render("{% query_with cursor='def' %}", request=request) == "?view=late&amp;street=3&amp;cursor=def"
    assert render("{% query_with view=None street='' %}", request=request) == "/issues/"


def test_bar_draws_shares_without_style_attributes() -> None:
    html = tags.bar(149, 149, 307, "149 of 307")
    assert 'width="48.53%"' in html
    assert 'x="48.53%"' in html
    assert 'role="img" aria-label="149 of 307"' in html
    assert "style" not in html


def test_bar_of_nothing_is_empty_and_never_longer_than_the_whole() -> None:
    assert 'width="0%"' in tags.bar(3, 0, 0)
    assert 'width="100%"' in tags.meter(7, 5)


def test_stack_prints_numbers_where_they_fit_and_links_segments() -> None:
    html = tags.stack([("ok", 95, "/issues/?s=ok"), ("od", 5, "", 'more < "less"')], 200)
    assert '<a href="/issues/?s=ok" aria-label="95">' in html
    assert ">95</text>" in html
    assert ">5</text>" not in html
    assert "&lt;" in html


def test_sparkline_needs_two_known_values() -> None:
    assert tags.sparkline([None, 3]) == ""
    html = tags.sparkline([1, None, 3], "b")
    assert 'points="2.0,32.0 86.0,4.0"' in html


def test_status_pill_reads_an_enum_or_words() -> None:
    status = SimpleNamespace(label="办理中", look="doing")
    assert render("{% status_pill status %}", status=status).strip() == '<span class="st doing">办理中</span>'
    assert render("{% status_pill words 'back' %}", words="x<y").strip() == '<span class="st back">x&lt;y</span>'


class TwoFields(forms.Form):
    text = forms.CharField(error_messages={"required": "请写下问题"})
    level = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("1", "a"), ("2", "b")], error_messages={"required": "请选择由谁来解决"}
    )


def test_error_summary_links_fields_and_the_first_choice_of_a_group() -> None:
    form = TwoFields({})
    form.add_error(None, "<b>不行</b>")
    html = render("{% error_summary form %}", form=form)
    assert '<a href="#id_text">请写下问题</a>' in html
    assert '<a href="#id_level_0">请选择由谁来解决</a>' in html
    assert "&lt;b&gt;不行" in html
    assert 'role="alert" tabindex="-1"' in html


def test_error_summary_says_nothing_about_an_untouched_or_missing_form() -> None:
    assert render("{% error_summary form %}", form=TwoFields()).strip() == ""
    assert render("{% error_summary form %}").strip() == ""
