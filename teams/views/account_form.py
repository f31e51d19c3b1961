"""The page of a form about one account: it hangs below the account and leads back to it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from teams.models import User
from teams.requests import SignedInRequest


def account_form(request: SignedInRequest, person: User, form: Any, words: dict[str, Any]) -> HttpResponse:
    """`words` are title and button, and perhaps what to know before."""
    account = reverse("teams:account", args=[person.pk])
    crumbs = [(_("Accounts"), reverse("teams:accounts")), (person.name, account)]
    context = {"form": form, "cancel_url": account, "crumbs": crumbs} | words
    return render(request, "_parts/form_page.html", context, status=422 if form.errors else 200)
