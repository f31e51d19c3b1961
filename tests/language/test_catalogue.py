"""Every text of the interface stands in the Chinese catalogue, translated, with its placeholders."""

import re

import polib
import pytest
from django.conf import settings

from tests.language.sources import all_texts, in_python, in_template

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(settings.BASE_DIR / "locale/zh_Hans/LC_MESSAGES/django.po"))


def key(entry):
    return entry.msgctxt or "", entry.msgid


def translations(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_text_of_the_code_is_in_the_catalogue(catalogue):
    known = {key(entry) for entry in catalogue}
    assert {text: where for text, where in all_texts().items() if text not in known} == {}


def test_the_catalogue_holds_no_text_the_code_has_dropped(catalogue):
    used = set(all_texts())
    assert [key(entry) for entry in catalogue if key(entry) not in used] == []


def test_every_text_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue if not all(translations(entry)) or "fuzzy" in entry.flags] == []


def test_placeholders_are_the_same_in_both_languages(catalogue):
    wrong = []
    for entry in catalogue:
        wanted = {match.group(0) for match in PLACEHOLDER.finditer(f"{entry.msgid} {entry.msgid_plural or ''}")}
        for text in translations(entry):
            found = {match.group(0) for match in PLACEHOLDER.finditer(text)}
            if not found <= wanted or (wanted - found and not entry.msgid_plural):
                wrong.append((entry.msgid, text))
    assert wrong == []


def test_a_number_and_its_measure_word_stand_without_a_space(catalogue):
    spaced = re.compile(r"[\u4e00-\u9fff] %\(n\)s|%\(n\)s [\u4e00-\u9fff]|\d [个件场份名户]")
    assert [text for entry in catalogue for text in translations(entry) if spaced.search(text)] == []


def test_the_readers_find_texts_in_every_form():
    python = "_('a'); ngettext('one', 'many', n); pgettext('end', '.')"
    template = "{% translate 'b' %}{% blocktranslate count n=x with y=z %}{{ y }} one{% plural %}{{ n }}{% endblocktranslate %}"
    assert list(in_python(python)) == [("", "a"), ("", "one"), ("end", ".")]
    assert set(in_template(template + "{% translate 'c' context 'd' %}{{ _('e') }}")) == {
        ("", "b"),
        ("", "%(y)s one"),
        ("d", "c"),
        ("", "e"),
    }
