"""What every form shares."""

import re
from datetime import date, time

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.forms import (
    AnyDayField,
    Card,
    Cards,
    CodeField,
    DayField,
    HourField,
    LayoutMixin,
    NoteField,
    PlainField,
    cleaned,
    visible_length,
)

INVISIBLE = ["\u200b", "\u200d\ufeff", "\u202e", " \u3000\t", "\u2060\u00ad", "\u00a0"]


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


class Everything(LayoutMixin, forms.Form):
    text = NoteField(label="问题内容", help_text="照居民的原话写。", max_length=10)
    place = PlainField(label="地点", required=False)
    code = CodeField(label="编号", required=False)
    day = DayField(label="哪一天", days=[date(2026, 7, 4)], notes={date(2026, 7, 4): "周末"})
    hour = HourField(label="时间")
    level = forms.ChoiceField(
        label="由谁解决", widget=Cards, choices=[("1", Card("结对单位", "10个工作日")), ("2", Card("街道", tag="建议"))]
    )
    agreed = forms.BooleanField(label="同意", required=False)


def full(**changes: object) -> dict[str, object]:
    return {"text": "楼道堆物", "day": "2026-07-04", "hour": "14:00", "level": "2"} | changes


def drawn(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


@pytest.mark.parametrize("nothing", INVISIBLE)
def test_text_that_shows_nothing_counts_as_empty(nothing: str) -> None:
    form = Everything(full(text=nothing))
    assert form.errors == {"text": ["请填写问题内容"]}


def test_text_keeps_chinese_punctuation_and_loses_hidden_characters() -> None:
    form = Everything(full(text="楼道\u200b，堆物\u202e：\r\n真多"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["text"] == "楼道，堆物：\n真多"


def test_text_too_long_says_how_long_it_is() -> None:
    assert Everything(full(text="字" * 12)).errors == {"text": ["最多10个字，现在12个"]}


def test_code_becomes_plain_letters() -> None:
    form = Everything(full(code="２６Ｑ２－０２８７ ９F2K"))
    assert form.is_valid()
    assert form.cleaned_data["code"] == "26Q2-02879F2K"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)
    assert visible_length(cleaned(text)) == visible_length(text)


def test_day_and_hour_come_back_as_date_and_time() -> None:
    form = Everything(full())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 7, 4)
    assert form.cleaned_data["hour"] == time(14, 0)


def test_day_that_was_not_offered_is_refused_by_name() -> None:
    assert Everything(full(day="2026-07-18")).errors == {"day": ["请选择哪一天"]}


def test_initial_day_and_hour_are_chosen() -> None:
    html = drawn(Everything(initial={"day": date(2026, 7, 4), "hour": time(9, 30)}))
    assert re.search(r'value="2026-07-04"[^>]* checked', html)
    assert '<option value="09:30" selected>' in html


def test_any_day_names_its_limits() -> None:
    field = AnyDayField(first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert field.clean("2026-02-03") == date(2026, 2, 3)
    with pytest.raises(forms.ValidationError, match="2025年|1月1日"):
        field.clean("2025-12-31")


@pytest.mark.parametrize(
    ("limits", "tried", "sentence"),
    [
        ({"first": date(2026, 3, 1)}, "2026-02-28", "请选择3月1日（周日）或以后的日期"),
        ({"last": date(2026, 3, 1)}, "2026-03-02", "请选择3月1日（周日）或以前的日期"),
        (
            {"first": date(2026, 2, 1), "last": date(2026, 3, 1)},
            "2026-03-02",
            "请选择2月1日（周日）到3月1日（周日）之间的日期",
        ),
    ],
    ids=["first", "last", "both"],
)
def test_limits_set_later_hold_in_the_sentence_and_in_the_browser(
    in_2026: None, limits: dict[str, date], tried: str, sentence: str
) -> None:
    field = AnyDayField(first=date(2020, 1, 1))
    field.limit(**limits)
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(tried)
    assert refused.value.messages == [sentence]
    names = {"first": "min", "last": "max"}
    assert field.widget.attrs == {names[end]: day.isoformat() for end, day in limits.items()}


def test_own_sentence_for_an_empty_field_is_kept() -> None:
    class Asking(LayoutMixin, forms.Form):
        text = PlainField(label="内容", error_messages={"required": "请写下居民反映的问题"})

    assert Asking({}).errors == {"text": ["请写下居民反映的问题"]}


def test_field_is_drawn_as_label_hint_error_input() -> None:
    html = drawn(Everything(full(text="")))
    spots = [html.index(part) for part in ("问题内容", "照居民的原话写。", "请填写问题内容", "<textarea")]
    assert spots == sorted(spots)
    assert 'aria-describedby="id_text_helptext id_text_error"' in html
    assert 'id="id_text_helptext"' in html
    assert 'id="id_text_error"' in html
    assert 'aria-invalid="true"' in html


def test_optional_fields_say_so_and_required_ones_carry_no_star() -> None:
    html = drawn(Everything())
    assert html.count("（选填）") == 2
    assert "*" not in html
    assert " required" not in html


def test_radio_cards_are_native_inputs_with_hint_and_tag() -> None:
    html = drawn(Everything(full()))
    assert html.count('type="radio"') == 3
    assert "10个工作日" in html
    assert '<span class="tag blue">建议</span>' in html
    assert "<fieldset" in html
    assert "<legend" in html


def test_words_of_a_choice_are_escaped() -> None:
    class Naughty(LayoutMixin, forms.Form):
        level = forms.ChoiceField(label="<i>", widget=Cards, choices=[("1", Card("<script>", "<b>"))])

    html = drawn(Naughty())
    assert "<script>" not in html
    assert "<b>&lt;script&gt;" in html
    assert "<i>" not in html
