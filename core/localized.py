"""Names that an administrator keeps in both languages."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    def __str__(self) -> str:
        return self.name


def pick(zh: str, en: str) -> str:
    """The text in the language of this request."""
    return en if (get_language() or "").startswith("en") else zh
