"""Rows written fast are as safe as those of `format_html_join`."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from core.rows import join_rows

PATTERN = '<tr><td class="{}">{}</td></tr>'


@given(st.lists(st.tuples(st.text() | st.integers() | st.none(), st.text())))
def test_every_text_is_escaped_as_django_does_it(rows: list[tuple[object, str]]) -> None:
    assert join_rows(PATTERN, rows) == format_html_join("", PATTERN, rows)


def test_safe_strings_and_words_in_a_language_keep_their_meaning() -> None:
    html = join_rows("{}{}", [(SafeString("<b>"), gettext_lazy("no <i> word"))])
    assert html == "<b>no &lt;i&gt; word"
    assert isinstance(html, SafeString)
