"""The briefing pack of a round: what every team speaks about in the policy slot."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from teams.models import User
from visits.models.rounds import Round


class BriefingKind(models.TextChoices):
    TALKING_POINT = "talking-point", _("Talking point")
    GOOD_PRACTICE = "good-practice", _("Good practice")


class BriefingItem(models.Model):
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="briefing_items")
    kind = models.CharField(_("kind"), max_length=16, choices=BriefingKind)
    text = models.CharField(_("text"), max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class BriefingDocument(models.Model):
    """`name` is the file's own name, `media_type` what it proved to be."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="briefing_documents")
    title = models.CharField(_("title"), max_length=80)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("visits:briefing_document", args=[self.round.code, self.pk])


class BriefingContent(models.Model):
    """The bytes of a document, apart from it so that lists never read them; in the database, so that backups have them."""

    document = models.OneToOneField(BriefingDocument, on_delete=models.CASCADE, related_name="content")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.document_id}"
