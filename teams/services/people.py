"""Accounts of the people who work with the site."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import changes
from core.clock import today
from core.dated import not_over_by
from core.events import append
from core.refusals import RuleBroken
from teams.grants import holds
from teams.models import Grant, OrgUnit, User
from teams.names import clean_name, clean_phone, is_mobile, name_key
from teams.permissions import Permission, Role

MAY_CREATE = (Permission.MEMBER_NOMINATE, Permission.MEMBER_APPROVE, Permission.ACCOUNTS_MANAGE)
LONGEST_NAME = 40
NEVER_WITHOUT = {
    Role.AUDITOR: gettext_lazy("This is the last auditor. Name another one first."),
    Role.ADMINISTRATOR: gettext_lazy("This is the last administrator. Name another one first."),
}


def create_person(
    *,
    phone: str,
    name: str,
    by: User | None,
    at: datetime,
    title: str = "",
    unit: OrgUnit | None = None,
    law_firm: str = "",
    email: str = "",
) -> User:
    """The person with this number: the one who is known already, or a new one who cannot sign in yet.

    People are recognised by number. A known number with another name is refused: one of the two is a slip.
    """
    if by is not None and not any(holds(by, permission) for permission in MAY_CREATE):
        raise PermissionDenied
    phone, name = clean_phone(phone), clean_name(name)
    if not is_mobile(phone):
        raise RuleBroken(_("Please give a mobile number of 11 digits that begins with 1."))
    _check_name(name)
    known = User.objects.filter(phone=phone).first()
    if known is not None:
        return _recognised(known, name)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                phone, name, title=title.strip(), unit=unit, law_firm=law_firm.strip(), email=email.strip()
            )
            append(person, "create", by=by, at=at, payload={"name": name, "unit": unit})
    except IntegrityError:
        return _recognised(User.objects.get(phone=phone), name)
    return person


def _recognised(known: User, name: str) -> User:
    if known.name != name:
        raise RuleBroken(_("This number belongs to somebody with another name. Please check the number and the name."))
    if not known.is_active:
        raise RuleBroken(
            _("%(name)s's account is closed. Please ask the administrator to open it again.") % {"name": name}
        )
    return known


def set_person(
    *,
    user: User,
    name: str,
    title: str,
    unit: OrgUnit | None,
    law_firm: str,
    by: User | None,
    at: datetime,
    version: int | None = None,
) -> User:
    """Put right how somebody is called and where the person works. What was signed before keeps the old name."""
    _require_accounts(by)
    name = clean_name(name)
    _check_name(name)
    with transaction.atomic():
        user = changes.lock(user, version=version)
        facts = {"name": name, "title": title.strip(), "unit": unit, "law_firm": law_firm.strip()}
        payload = {"old_name": user.name, **facts}
        for field, value in {**facts, "name_key": name_key(name)}.items():
            setattr(user, field, value)
        changes.save(user, "change", by=by, at=at, fields=[*facts, "name_key"], payload=payload)
    return user


def deactivate_person(*, user: User, by: User | None, at: datetime, version: int | None = None) -> User:
    """Close an account. Open sessions end with their next request; seats and history stay as they are."""
    _require_accounts(by)
    if by is not None and by.pk == user.pk:
        raise RuleBroken(_("You cannot close your own account."))
    with transaction.atomic():
        user = changes.lock(user, version=version)
        for role in NEVER_WITHOUT:
            keep_one(role, without=user, day=today(at))
        user.is_active = False
        changes.save(user, "deactivate", by=by, at=at, fields=["is_active"])
    return user


def reactivate_person(*, user: User, by: User | None, at: datetime, version: int | None = None) -> User:
    _require_accounts(by)
    with transaction.atomic():
        user = changes.lock(user, version=version)
        user.is_active = True
        changes.save(user, "reactivate", by=by, at=at, fields=["is_active"])
    return user


def keep_one(role: str, *, without: User, day: date) -> None:
    """RuleBroken if from this day on nobody active but this person would hold the role until further notice.

    The role's grants are locked first: two who end each other's at once would each count on the other.
    """
    list(Grant.objects.filter(role=role).order_by("pk").select_for_update(no_key=True))
    held = Grant.objects.filter(role=role, user__is_active=True)
    others = held.on(day).open_ended().exclude(user=without)
    if held.filter(not_over_by(day), user=without).exists() and not others.exists():
        raise RuleBroken(NEVER_WITHOUT[Role(role)])


def note_password_link(*, user: User, by: User | None, at: datetime) -> None:
    """Write down who made a link with which a password can be set."""
    _require_accounts(by)
    require_open(user)
    append(user, "password_link", by=by, at=at)


def change_password(*, user: User, password: str, by: User, at: datetime) -> User:
    """Only for oneself, signed in or by a link."""
    if by.pk != user.pk:
        raise PermissionDenied
    with transaction.atomic():
        user = changes.lock(user, version=None)
        user.set_password(password)
        changes.save(user, "change_password", by=by, at=at, fields=["password"], payload={})
    return user


def set_large_text(*, user: User, large: bool, by: User, at: datetime) -> User:
    with transaction.atomic():
        user = changes.lock(user, version=None)
        user.large_text = large
        changes.save(user, "set_large_text", by=by, at=at, fields=["large_text"])
    return user


def require_open(user: User) -> None:
    if not user.is_active:
        raise RuleBroken(_("%(name)s's account is closed. Please open it first.") % {"name": user.name})


def _check_name(name: str) -> None:
    if not name:
        raise RuleBroken(_("Please give the person's name."))
    if len(name) > LONGEST_NAME:
        raise RuleBroken(_("At most %(most)s characters; there are %(n)s.") % {"most": LONGEST_NAME, "n": len(name)})


def _require_accounts(by: User | None) -> None:
    if by is not None and not holds(by, Permission.ACCOUNTS_MANAGE):
        raise PermissionDenied
