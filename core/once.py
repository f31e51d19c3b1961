"""A form sent twice has one effect and gives the same answer both times."""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.models import SubmittedForm

FIELD = "form_key"
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Remember the answer to a POST under the key in the form and repeat it when the form comes again.

    Only a redirect counts as an answer: a form shown again with errors may be corrected and resent.
    The same key with other content is refused, for then the page was tampered with.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key_of(request)
        if request.method != "POST" or key is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            if not _claim(request, key):
                return _repeat(request, key)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                SubmittedForm.objects.filter(key=key).update(answer_url=response.url)
            else:
                SubmittedForm.objects.filter(key=key).delete()
        return response

    return guarded


def was_sent(request: HttpRequest) -> bool:
    """Whether the form whose key this request carries has been sent: what is saved while typing then comes too late."""
    key = _key_of(request)
    return key is not None and SubmittedForm.objects.filter(key=key).exists()


def _key_of(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _claim(request: HttpRequest, key: uuid.UUID) -> bool:
    actor = request.user if request.user.is_authenticated else None
    try:
        with transaction.atomic():
            SubmittedForm.objects.create(key=key, actor=actor, path=request.path[:300], body_hash=_body_hash(request))
    except IntegrityError:
        return False
    return True


def _repeat(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    first = SubmittedForm.objects.get(key=key)
    actor_id = request.user.pk if request.user.is_authenticated else None
    if (first.actor_id, first.path, first.body_hash) != (actor_id, request.path[:300], _body_hash(request)):
        return render(request, "422.html", status=422)
    return HttpResponseRedirect(first.answer_url)


def _body_hash(request: HttpRequest) -> str:
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    files = [(name, [(one.name, one.size) for one in ones]) for name, ones in sorted(request.FILES.lists())]
    return hashlib.sha256(repr((fields, files)).encode()).hexdigest()
