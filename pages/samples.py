"""Made-up rows for the gallery of parts; no database."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI
from core.forms import Card, Cards, DayField, Faces, LayoutMixin, NoteField, Pick, Plain, PlainField
from core.paging import Page

NOON = datetime(2026, 7, 8, 14, 50, tzinfo=SHANGHAI)
FIRST = date(2026, 7, 1)

COLOURS = [
    ("ink", "#17212E", "16.24"),
    ("ink-2", "#414E5E", "8.48"),
    ("ink-3", "#5C6878", "5.67"),
    ("blue", "#1F5A9E", "6.97"),
    ("blue-d", "#174578", "9.73"),
    ("green", "#1C7346", "5.85"),
    ("amber", "#8A5300", "6.33"),
    ("red", "#B3261E", "6.54"),
    ("violet", "#5A489C", "7.39"),
    ("control", "#7A8694", "3.71"),
    ("blue-m", "#5E8FC6", "3.38"),
    ("green-s", "#3E9A68", "3.48"),
]


class GalleryForm(LayoutMixin, forms.Form):
    text = NoteField(label=_("Issue"), help_text=_("The resident's own words are enough."), rows=3, dictation=True)
    place = PlainField(label=_("Place"), required=False)
    day = DayField(
        label=_("New day"), days=[FIRST + timedelta(days=n) for n in range(4)], notes={date(2026, 7, 4): _("weekend")}
    )
    category = forms.ChoiceField(
        label=_("Category"),
        widget=Pick,
        choices=[("parking", _("Parking")), ("lift", _("Repairs and lifts")), ("other", _("Other"))],
    )
    level = forms.ChoiceField(
        label=_("Who solves it"),
        widget=Cards,
        choices=[
            ("1", Card(_("The paired unit"), _("10 working days"))),
            ("2", Card(_("The street office"), _("15 working days"), tag=_("suggested"))),
            ("", Card(_("Not sure yet"), _("The leading group office decides"))),
        ],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), widget=Plain, choices=[("ordinary", _("Ordinary")), ("complex", _("Complex"))]
    )
    mood = forms.ChoiceField(
        label=_("Are you satisfied on the whole?"),
        widget=Faces,
        choices=[("5", Card(_("Very satisfied"), icon="mood-happy")), ("4", Card(_("Satisfied"), icon="mood-smile"))],
    )
    lawyer = forms.BooleanField(label=_("A lawyer's opinion is needed"), required=False)


def samples() -> dict[str, Any]:
    return {
        "colours": COLOURS,
        "crumbs": [(_("Home"), "/"), (_("Styles and parts"), "")],
        "sample_form": GalleryForm({"place": "10–14号楼", "day": "2026-07-18", "level": "2", "mood": "4"}),
        "views": [
            Row(label=_("To do"), url="?", count=12, current=True, alarm=False),
            Row(label=_("Past the time limit"), url="?v=late", count=1, current=False, alarm=True),
            Row(label=_("All open"), url="?v=open", count=31, current=False, alarm=False),
        ],
        "duties": [
            Row(
                count=6,
                title=_("Resolve clashes"),
                detail="春申坊、荷塘二村",
                url="#",
                action=_("Resolve"),
                tone="late",
            ),
            Row(count=9, title=_("Plan visits"), detail="凌波路街道", url="#", action=_("Plan"), tone="soon"),
        ],
        "tasks": [
            Row(title=_("Attendance"), detail="28 + 5", url="#", status="done", words=""),
            Row(title=_("Log the issues"), detail="3", url="#", status="doing", words=""),
            Row(title=_("Condolence visits"), detail="", url="#", status="todo", words=""),
            Row(title=_("Check and submit"), detail="", url="", status="off", words=""),
        ],
        "entries": [
            Row(
                icon="eye",
                tone="blue",
                who="赵嘉",
                text=_("replied to the residents"),
                at=NOON,
                more="预计7月中旬答复复工日期。",
                quote="",
                public=True,
            ),
            Row(
                icon="stairs-up",
                tone="",
                who="长堤街道",
                text=_("escalated"),
                at=NOON,
                more="涉及工程款监管和质量争议。",
                quote="",
                public=False,
            ),
            Row(
                icon="users",
                tone="",
                who="",
                text=_("raised at the residents' meeting"),
                at=NOON,
                more="",
                quote="“电梯装到一半，去年12月就停了。”",
                public=False,
            ),
        ],
        "facts": [
            (_("Number"), "26Q2-0287"),
            (_("Place"), "长堤路210弄3号楼", "#", _("Change")),
            (_("Time limit"), "7月1日"),
        ],
        "page": Page(rows=[1, 2], next="n", previous=""),
        "segments": [("ok", 188), ("ex", 14), ("go", 44), ("od", 5)],
        "points": [60, 64, 61, 68, 70, 69, 72, 70.7],
        "noon": NOON,
        "typed": ["10号楼到14号楼之间晚上8点以后就没有车位。"],
        "conflict": Row(by="沈佳", at=NOON, obj=None),
    }
