"""People who sign in. Residents never do."""

from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from teams.grants import Scope, active_grants
from teams.names import name_key


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def able_to_sign_in(self) -> Self:
        """Open accounts whose person has set a password."""
        return self.active().exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(password="")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, phone: str, name: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(phone=phone, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, Versioned):
    """Known by the mobile number (11 digits); names repeat, numbers do not."""

    phone = models.CharField(_("mobile phone"), max_length=11, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_key = models.CharField(max_length=120, editable=False, db_index=True)
    title = models.CharField(_("post"), max_length=40, blank=True)
    unit = models.ForeignKey(
        "teams.OrgUnit", verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    law_firm = models.CharField(_("law firm"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    large_text = models.BooleanField(_("large text"), default=False)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("teams:person", args=[self.pk])

    @property
    def has_password(self) -> bool:
        """Somebody brought in by a workbook has none before using the link of the administrator."""
        return bool(self.password) and self.has_usable_password()

    @property
    def grants(self) -> list[Scope]:
        """What this person holds today, read once per request (see teams.grants)."""
        if not hasattr(self, "_grants"):
            self._grants = active_grants(self)
        return self._grants
