"""The programme this installation runs: its names and switches. One row."""

from django.db import models

from core.localized import Named, pick


class Programme(Named):
    """`name_zh` and `name_en` name the visit action; the product's own name stays in the templates."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code = models.SlugField(max_length=40)
    district_zh = models.CharField(max_length=40)
    district_en = models.CharField(max_length=60)
    seal_char = models.CharField(max_length=1, default="满")
    office_phone = models.CharField(max_length=30, blank=True)
    scores_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="programme_is_one_row")]

    @property
    def district(self) -> str:
        return pick(self.district_zh, self.district_en)

    @classmethod
    def current(cls) -> "Programme":
        """The installed programme, or an unsaved blank one before any is loaded."""
        return cls.objects.first() or cls(code="none", name_zh="", name_en="", district_zh="", district_en="")
