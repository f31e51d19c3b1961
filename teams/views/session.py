"""Signing in and out, and one's own details."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.guards import public, signed_in
from core.once import once
from teams import services, session_time
from teams.forms import NewPasswordForm, OwnPasswordForm, PreferencesForm, SignInForm
from teams.grants import holds
from teams.models import User
from teams.permissions import Permission
from teams.queries import roles_in_words
from teams.requests import LARGE_COOKIE, ROLE_KEY, SignedInRequest, own_address


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@public
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _go_on(request)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        if person is not None:
            start_session(request, person)
            session_time.begin(request, timezone.now())
            return _go_on(request)
        form.add_error(
            None, _("Name, number or password is wrong. After five wrong passwords you have to wait a while.")
        )
    status = 422 if form.is_bound else 200
    return render(request, "teams/login.html", {"form": form, "next": _asked_page(request)}, status=status)


@require_POST
@public
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("teams:login")


def _asked_page(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("next") or request.GET.get("next", ""))


def _go_on(request: HttpRequest) -> HttpResponse:
    asked = _asked_page(request)
    return HttpResponseRedirect(asked) if asked else redirect(settings.LOGIN_REDIRECT_URL)


@require_POST
@signed_in
def stay(request: SignedInRequest) -> JsonResponse:
    """Somebody who is still writing does not want to be signed out."""
    return JsonResponse({"seconds": session_time.begin(request, timezone.now())})


# -- Me ---------------------------------------------------------------------------------------


@require_safe
@signed_in
def profile(request: SignedInRequest) -> HttpResponse:
    rows = roles_in_words(request.user, today(timezone.now()), reader=request.user)
    form = PreferencesForm(initial={"large_text": request.user.large_text})
    visits = holds(request.user, Permission.VISIT_VIEW)
    return render(request, "teams/profile.html", {"rows": rows, "form": form, "visits": visits})


@require_POST
@signed_in
@once
def save_preferences(request: SignedInRequest) -> HttpResponse:
    """What the profile says holds on every device, therefore this device's own choice is forgotten."""
    form = PreferencesForm(request.POST)
    form.is_valid()
    services.set_large_text(
        user=request.user, large=form.cleaned_data["large_text"], by=request.user, at=timezone.now()
    )
    messages.success(request, _("Your choice is kept."))
    response = redirect("teams:profile")
    response.delete_cookie(LARGE_COOKIE)
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change_password(request: SignedInRequest) -> HttpResponse:
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = services.change_password(
            user=request.user, password=form.cleaned_data["new_password1"], by=request.user, at=timezone.now()
        )
        update_session_auth_hash(request, person)
        session_time.begin(request, timezone.now())
        messages.success(request, _("Your new password holds from now on; other devices are signed out."))
        return redirect("teams:profile")
    context = {"form": form, "title": _("Change my password"), "submit": _("Change the password"), "cancel_url": "../"}
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def switch_role(request: SignedInRequest) -> HttpResponse:
    """The role whose home and rail are shown; what the person may do does not change."""
    role = request.POST.get("role", "")
    if role in {scope.role for scope in request.user.grants}:
        request.session[ROLE_KEY] = role
        session_time.begin(request, timezone.now())
    return redirect(settings.LOGIN_REDIRECT_URL)


# -- A link from the administrator ------------------------------------------------------------


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@public
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Works once and for some days: a password that is set or a sign-in makes the link void."""
    person = _person_of_link(uid, token)
    if person is None:
        return render(request, "teams/link_void.html", status=404)
    form = NewPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_password(user=person, password=form.cleaned_data["new_password1"], by=person, at=timezone.now())
        messages.success(request, _("Your password is set. Please sign in."))
        return redirect("teams:login")
    return render(
        request, "teams/set_password.html", {"form": form, "person": person}, status=422 if form.is_bound else 200
    )


def _person_of_link(uid: str, token: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uid))
        person = User.objects.active().filter(pk=pk).first()
    except (ValueError, OverflowError):
        return None
    return person if person and default_token_generator.check_token(person, token) else None
