"""Workbooks to import, a server to read calendars from, and the version of a row somebody saw."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import LayoutMixin, PlainField

MOST_FILES = 10


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; an empty one is let through, for the import says so better, with its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFiles, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data]
        if len(uploads) > MOST_FILES:
            raise ValidationError(_("Please choose at most %(n)s files."), params={"n": MOST_FILES})
        return [super(ManyFilesField, self).clean(upload, initial) for upload in uploads or [None]]


class UploadForm(LayoutMixin, forms.Form):
    workbooks = ManyFilesField(
        label=_("Workbooks"),
        max_length=200,
        help_text=_(
            "Excel workbooks (.xlsx) or CSV files of up to 10 MB, one or several at once. They are only checked first."
        ),
        error_messages={"required": _("Please choose at least one file.")},
    )


class VersionForm(forms.Form):
    """The version somebody saw."""

    version = forms.IntegerField(min_value=1)


class HostForm(LayoutMixin, forms.Form):
    """The service looks at it closely; here it only has to be there."""

    name = PlainField(
        label=_("Server"),
        max_length=300,
        help_text=_("Its name, like calendar.example.cn. The address of a calendar does as well."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
