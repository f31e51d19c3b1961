"""Units of all kinds in one tree, and the residential areas of the streets."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from teams import policies
from teams.names import has_mobile

if TYPE_CHECKING:
    from teams.models.people import User


class UnitKind(models.TextChoices):
    OFFICE = "office", _("Leading group office")
    STREET = "street", _("Street office")
    TOWN = "town", _("Town")
    ORGAN = "organ", _("District organ")


STREET_KINDS = (UnitKind.STREET, UnitKind.TOWN)


class OrgUnitQuerySet(models.QuerySet):
    def streets(self) -> Self:
        return self.filter(kind__in=STREET_KINDS)

    def visible_to(self, user: "User") -> Self:
        return self.filter(policies.unit_scope(user)).distinct()


class OrgUnit(Versioned):
    """A street office, a district organ, the office itself. Pairing units and responsible departments are organs."""

    kind = models.CharField(_("kind"), max_length=10, choices=UnitKind)
    name = models.CharField(_("unit"), max_length=40, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    position = models.PositiveIntegerField(default=0)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)

    objects = OrgUnitQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("teams:unit", args=[self.slug])

    @property
    def public_phone(self) -> str:
        """The contact's number where it is an office's. A mobile belongs to a person: it is for colleagues only."""
        return "" if has_mobile(self.contact_phone) else self.contact_phone

    @property
    def is_street(self) -> bool:
        return self.kind in STREET_KINDS


class AreaQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        return self.filter(policies.area_scope(user)).distinct()


class Area(Versioned):
    """A residential area (居民区). Its name is unique in the district and carries no “居民区” at its end."""

    street = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="areas")
    name = models.CharField(_("residential area"), max_length=40, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    name_key = models.CharField(max_length=120, editable=False)
    position = models.PositiveIntegerField(default=0)
    households = models.PositiveIntegerField(_("households"), default=0)
    venue = models.CharField(_("venue"), max_length=60, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("teams:area", args=[self.slug])
