"""Forms of people, teams and pairings. They check what was typed; the services decide."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import AnyDayField, Card, Cards, CodeField, LayoutMixin, NoteField, PlainField
from core.limits import count
from teams.models import Area, Grant, OrgUnit, PhoneChange, Seat, Team, UnitKind, User
from teams.names import clean_name, clean_phone, is_mobile, masked_phone
from teams.permissions import Role
from teams.signing_in import find_person, namesakes

WRONG_PASSWORDS, WRONG_SECONDS = 10, 900
CODE_LENGTH = 6
LONGEST_NAME = 60
LATE_PAPERS = timedelta(days=366)
FAR_AHEAD = timedelta(days=366)
PASSWORD_HINT = _("At least 8 characters, not only digits, nothing easily guessed.")


# -- Signing in -------------------------------------------------------------------------------


class SignInForm(LayoutMixin, forms.Form):
    username = PlainField(
        label=_("Name or mobile phone"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        """One spelling per person, so that wrong passwords are counted together however the name is typed."""
        typed: str = self.cleaned_data["username"]
        if person := find_person(typed):
            return person.phone
        name = clean_name(typed)[:LONGEST_NAME]  # one character may be folded into eighteen
        if not is_mobile(clean_phone(typed)) and namesakes(name) > 1:
            raise ValidationError(
                _("Several people are called %(name)s. Please use your mobile number.") % {"name": name}
            )
        return name


class _PlainWords:
    """The new password twice, in words people use."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = PASSWORD_HINT
        self.fields["new_password2"].label = _("The new password once more")
        self.fields["new_password2"].help_text = ""


def _own_password(user: User, typed: str) -> str:
    """An open screen must not be enough. Too many wrong ones wait a while, as at the sign-in, in all forms together."""
    if count(f"own-password-{user.pk}", WRONG_SECONDS) > WRONG_PASSWORDS:
        raise ValidationError(_("Too many tries. Please wait a quarter of an hour."))
    if not user.check_password(typed):
        raise ValidationError(_("This is not your password."))
    return typed


class OwnPasswordForm(LayoutMixin, _PlainWords, PasswordChangeForm):
    def clean_old_password(self) -> str:
        return _own_password(self.user, self.cleaned_data["old_password"])


class NewPasswordForm(LayoutMixin, _PlainWords, SetPasswordForm):
    pass


class _OwnPassword(LayoutMixin, forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        return _own_password(self.user, self.cleaned_data["password"])


class EmailForm(_OwnPassword):
    email = forms.EmailField(label=_("New e-mail address"), max_length=254)

    field_order = ("email", "password")


class AccountEmailForm(LayoutMixin, forms.Form):
    """For the administrator; empty takes the address out."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PreferencesForm(LayoutMixin, forms.Form):
    large_text = forms.BooleanField(label=_("Large text on every device I sign in on"), required=False)


# -- People -----------------------------------------------------------------------------------


class MobileField(CodeField):
    """A Chinese mobile number, however it was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        phone = clean_phone(super().clean(value))
        if phone and not is_mobile(phone):
            raise ValidationError(_("Please give a mobile number of 11 digits that begins with 1."))
        return phone


class SixDigits(CodeField):
    """A code as people type it: full-width digits and blanks do not matter."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}
        super().__init__(max_length=12, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        if not (len(code) == CODE_LENGTH and code.isascii() and code.isdigit()):
            raise ValidationError(_("A code has six digits."))
        return code


class PhoneForm(_OwnPassword):
    phone = MobileField(label=_("New mobile phone"))

    field_order = ("phone", "password")


class CodesForm(LayoutMixin, forms.Form):
    """The codes of the two messages; each label says which number it went to."""

    old_code = SixDigits(label=_("Code from the old number"))
    new_code = SixDigits(label=_("Code from the new number"))

    def __init__(self, change: PhoneChange, data: Any = None) -> None:
        super().__init__(data)
        for name, phone in (("old_code", change.old_phone), ("new_code", change.new_phone)):
            self.fields[name].help_text = _("Sent to %(phone)s") % {"phone": masked_phone(phone)}


class AccountPhoneForm(LayoutMixin, forms.Form):
    """For the administrator."""

    phone = MobileField(label=_("Mobile phone"), help_text=_("The person signs in with it from now on."))
    version = forms.IntegerField(widget=forms.HiddenInput)


class PersonFields(LayoutMixin, forms.Form):
    """Who somebody is. The number decides; the rest is only used for people who are new."""

    phone = MobileField(label=_("Mobile phone"), help_text=_("People are recognised by their number."))
    name = PlainField(label=_("Name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    title = PlainField(label=_("Post"), max_length=40, required=False)
    unit = forms.ModelChoiceField(OrgUnit.objects.all(), label=_("Unit"), required=False, empty_label="—")

    def person(self) -> dict[str, Any]:
        """What `create_person` asks for."""
        names = ("phone", "name", "title", "unit", "law_firm", "email")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class AccountForm(PersonFields):
    email = forms.EmailField(label=_("E-mail"), required=False)


class AccountDetailsForm(LayoutMixin, forms.Form):
    """For the administrator: what everybody else only reads about a person."""

    name = PlainField(label=_("Name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    title = PlainField(label=_("Post"), max_length=40, required=False)
    unit = forms.ModelChoiceField(OrgUnit.objects.all(), label=_("Unit"), required=False, empty_label="—")
    law_firm = PlainField(label=_("Law firm"), max_length=60, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, person: User) -> None:
        names = ("name", "title", "unit", "law_firm", "version")
        super().__init__(data, initial={name: getattr(person, name) for name in names})


def _near(field: Any, day: date) -> None:
    """Papers come late and are written ahead, by a year at most."""
    field.limit(day - LATE_PAPERS, day + FAR_AHEAD)


def _places() -> list[tuple[Any, Any]]:
    """Units in their order and residential areas by the sound of their names."""
    units = [(f"unit-{pk}", name) for pk, name in OrgUnit.objects.values_list("pk", "name")]
    areas = [(f"area-{pk}", name) for pk, name in Area.objects.order_by("name_key").values_list("pk", "name")]
    return [("", "—"), (_("Units"), units), (_("Residential areas"), areas)]


class GiveRoleForm(LayoutMixin, forms.Form):
    """The roles of one place, which the administrator gives alone."""

    role = forms.ChoiceField(
        label=_("Role"),
        widget=Cards,
        choices=[
            (Role.HANDLER, Card(Role.HANDLER.label, _("Accepts the issues of a unit and answers them."))),
            (Role.UNIT_LEAD, Card(Role.UNIT_LEAD.label, _("Sees to it that the issues of a unit are solved in time."))),
            (Role.SUPPLYING_ORGAN, Card(Role.SUPPLYING_ORGAN.label, _("Nominates people for the seats a unit fills."))),
            (Role.SECRETARY, Card(Role.SECRETARY.label, _("Prepares the visits and tells residents the outcome."))),
        ],
    )
    place = forms.ChoiceField(label=_("Where"), choices=_places)
    from_day = AnyDayField(label=_("First day"))

    def __init__(self, data: Any = None, *, day: date) -> None:
        super().__init__(data, initial={"from_day": day})
        _near(self.fields["from_day"], day)

    def clean(self) -> dict[str, Any]:
        role, place = self.cleaned_data.get("role"), self.cleaned_data.get("place", "")
        if role and place and (role == Role.SECRETARY) != place.startswith("area"):
            self.add_error("place", _("A secretary has a residential area, the other roles have a unit."))
        return self.cleaned_data

    def given(self) -> dict[str, Any]:
        """What `grant` asks for."""
        kind, _dash, pk = self.cleaned_data["place"].partition("-")
        place = Area.objects.get(pk=pk) if kind == "area" else OrgUnit.objects.get(pk=pk)
        return {"role": self.cleaned_data["role"], "from_day": self.cleaned_data["from_day"], kind: place}


class EndRoleForm(LayoutMixin, forms.Form):
    last_day = AnyDayField(label=_("Last day"))

    def __init__(self, data: Any = None, *, grant: Grant, day: date) -> None:
        super().__init__(data, initial={"last_day": max(day, grant.from_day)})
        last_day: Any = self.fields["last_day"]
        last_day.limit(grant.from_day, day + FAR_AHEAD)


class SuccessorForm(PersonFields):
    """Who takes a seat, from which day and why; `version` is the seat's when the form was shown."""

    law_firm = PlainField(label=_("Law firm"), max_length=60, required=False)
    from_day = AnyDayField(label=_("First day"))
    reason = NoteField(label=_("Reason"), max_length=200, rows=2)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, seat: Seat, day: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"from_day": day, "version": seat.version}, **kwargs)
        _near(self.fields["from_day"], day)
        self.order_fields(["phone", "name", "title", "unit", "law_firm", "from_day", "reason"])
        if seat.kind.role == Role.LAWYER:
            del self.fields["unit"]
        else:
            del self.fields["law_firm"]


class LastDayForm(LayoutMixin, forms.Form):
    last_day = AnyDayField(label=_("Last day"))
    reason = NoteField(label=_("Reason"), max_length=200, rows=2)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: date, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"last_day": day, "version": version}, **kwargs)
        _near(self.fields["last_day"], day)


class ApproveForm(LayoutMixin, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class DeclineForm(ApproveForm):
    note = NoteField(label=_("Reason"), max_length=200, rows=3)


# -- Pairings and lists -----------------------------------------------------------------------


class PairForm(LayoutMixin, forms.Form):
    team = forms.IntegerField(label=_("Team number"), min_value=1, max_value=999999)
    from_day = AnyDayField(label=_("First day"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: date, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"from_day": day, "version": version}, **kwargs)
        _near(self.fields["from_day"], day)

    def clean_team(self) -> Team:
        team = Team.objects.active().filter(number=self.cleaned_data["team"]).first()
        if team is None:
            raise ValidationError(_("There is no active team with this number."))
        return team


class EndPairingForm(LayoutMixin, forms.Form):
    last_day = AnyDayField(label=_("Last day"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: date, version: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"last_day": day, "version": version}, **kwargs)
        _near(self.fields["last_day"], day)


class TeamFilter(forms.Form):
    """The filters of the list of teams; what cannot be read is ignored."""

    q = PlainField(label=_("Number, person, area or unit"), max_length=40, required=False)
    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street office"), required=False, to_field_name="slug", empty_label=_("All")
    )
    unit = forms.ModelChoiceField(
        OrgUnit.objects.filter(kind=UnitKind.ORGAN),
        label=_("Pairing unit"),
        required=False,
        to_field_name="slug",
        empty_label=_("All"),
    )
    incomplete = forms.ChoiceField(
        label=_("Seats"), choices=[("", _("All teams")), ("1", _("Incomplete only"))], required=False
    )

    def criteria(self) -> dict[str, Any]:
        self.is_valid()
        found = self.cleaned_data
        return {
            "text": found.get("q", ""),
            "street": found.get("street"),
            "unit": found.get("unit"),
            "incomplete": found.get("incomplete") == "1",
        }


class AreaFilter(forms.Form):
    q = PlainField(label=_("Name of the residential area"), max_length=40, required=False)
    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street office"), required=False, to_field_name="slug", empty_label=_("All")
    )


class PeopleFilter(forms.Form):
    q = PlainField(label=_("Name or mobile phone"), max_length=40, required=False)
