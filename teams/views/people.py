"""One colleague, and the administrator's list of accounts."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams import services
from teams.contact_mails import can_send
from teams.forms import AccountDetailsForm, AccountEmailForm, AccountForm, AccountPhoneForm, PeopleFilter
from teams.guards import policy
from teams.models import User
from teams.names import clean_name, clean_phone
from teams.password_links import password_path
from teams.permissions import Permission
from teams.policies import sees_district, sees_phones
from teams.queries import people_seen_by, roles_in_words, terms_of
from teams.requests import SignedInRequest
from teams.roles_held import roles_held
from teams.views.account_form import account_form


@require_safe
@policy(Permission.TEAM_VIEW)
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    day = today(timezone.now())
    found = get_object_or_404(people_seen_by(request.user).select_related("unit"), pk=pk)
    context = {
        "person": found,
        "rows": roles_in_words(found, day, reader=request.user),
        "past": [term for term in terms_of(found) if term.until_day and term.until_day < day],
        "phones": sees_phones(request.user) or found.pk == request.user.pk,
        "availability": sees_district(request.user) or found.pk == request.user.pk,
    }
    return render(request, "teams/person.html", context)


# -- Accounts ---------------------------------------------------------------------------------


@require_safe
@policy(Permission.ACCOUNTS_MANAGE)
def accounts(request: SignedInRequest) -> HttpResponse:
    form = PeopleFilter(request.GET)
    found = User.objects.select_related("unit")
    if form.is_valid() and (text := form.cleaned_data["q"]):
        digits = clean_phone(text)
        found = found.filter(phone__startswith=digits) if digits else found.filter(name__icontains=clean_name(text))
    page = page_of(found, order=["name_key", "pk"], cursor=request.GET.get("cursor", ""))
    return render(request, "teams/accounts.html", {"page": page, "form": form, "total": found.count()})


@require_safe
@policy(Permission.ACCOUNTS_MANAGE)
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User.objects.select_related("unit"), pk=pk)
    return render(request, "teams/account.html", _account_context(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_new(request: SignedInRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = services.create_person(**form.person(), by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("Now make a link, so that %(name)s can set a password.") % {"name": created.name}
            )
            return redirect("teams:account", created.pk)
    context = {
        "form": form,
        "title": _("New account"),
        "submit": _("Create the account"),
        "cancel_url": reverse("teams:accounts"),
        "crumbs": [(_("Accounts"), reverse("teams:accounts")), (_("New account"), "")],
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_close(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    services.deactivate_person(user=found, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s can no longer sign in; open sessions have ended.") % {"name": found.name})
    return redirect("teams:account", pk)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_open(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(User, pk=pk)
    services.reactivate_person(user=found, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s may sign in again.") % {"name": found.name})
    return redirect("teams:account", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_email(request: SignedInRequest, pk: int) -> HttpResponse:
    """For somebody who cannot get into the old mailbox; everybody else does it under My details."""
    found = get_object_or_404(User, pk=pk)
    form = AccountEmailForm(request.POST or None, initial={"email": found.email, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_email(user=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("email", str(refusal.sentence))
        else:
            messages.success(request, _what_became(found, form.cleaned_data["email"]))
            return redirect("teams:account", pk)
    words = {
        "title": _("E-mail address of %(name)s") % {"name": found.name},
        "submit": _("Change the address"),
    }
    return account_form(request, found, form, words)


def _what_became(person: User, email: str) -> str:
    """Of the address the person had before, in true words: mail is only sent where there is somebody to send it to."""
    told = bool(person.email) and can_send()
    if email:
        if told:
            return _("The new address counts from now on; the old mailbox is told.")
        return _("The new address counts from now on.")
    if told:
        return _("%(name)s has no address any more; the old mailbox is told.") % {"name": person.name}
    return _("%(name)s has no address any more.") % {"name": person.name}


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_details(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, post and unit, which nobody changes for himself."""
    found = get_object_or_404(User, pk=pk)
    form = AccountDetailsForm(request.POST or None, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            person = services.set_person(user=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("name", str(refusal.sentence))
        else:
            messages.success(request, _("The details of %(name)s are changed.") % {"name": person.name})
            return redirect("teams:account", pk)
    words = {
        "title": _("Name, post and unit of %(name)s") % {"name": found.name},
        "lead": _("The person signs in with the new name or, as before, with the number."),
        "submit": _("Change the details"),
    }
    return account_form(request, found, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """For somebody who has the old number no longer, and for everybody where no text messages are sent."""
    found = get_object_or_404(User, pk=pk)
    form = AccountPhoneForm(request.POST or None, initial={"phone": found.phone, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_phone(user=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("phone", str(refusal.sentence))
        else:
            messages.success(request, _("The new number counts from now on; %(name)s is told.") % {"name": found.name})
            return redirect("teams:account", pk)
    words = {
        "title": _("Mobile phone of %(name)s") % {"name": found.name},
        "lead": _("Make sure that it is really this person who asks. The old number can no longer sign in."),
        "submit": _("Change the number"),
    }
    return account_form(request, found, form, words)


@never_cache
@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
def account_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """A link with which the person sets a password; it is shown once and not kept."""
    found = get_object_or_404(User.objects.select_related("unit"), pk=pk)
    services.note_password_link(user=found, by=request.user, at=timezone.now())
    context = _account_context(request, found) | {"link": settings.SITE_URL + password_path(found)}
    return render(request, "teams/account.html", context)


def _account_context(request: SignedInRequest, found: User) -> dict[str, object]:
    return {
        "account": found,
        "rows": roles_held(found, today(timezone.now()), by=request.user),
        "crumbs": [(_("Accounts"), reverse("teams:accounts")), (found.name, "")],
    }
