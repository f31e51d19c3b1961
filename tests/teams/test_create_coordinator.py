"""The first account of a new installation."""

import re

import pytest
from django.core.management import CommandError, call_command

from teams.models import User
from teams.permissions import Role

pytestmark = pytest.mark.django_db


def test_the_first_coordinator_sets_a_password_with_the_printed_link(client, capsys):
    call_command("create_coordinator", "许 文君", "199-0000-0101")
    path = re.search(r"http://[^/]+(/\S+)", capsys.readouterr().out).group(1)
    page = client.get(path, follow=True)
    assert page.status_code == 200
    user = User.objects.get(phone="19900000101")
    assert [scope.role for scope in user.grants] == [Role.COORDINATOR]


def test_a_number_that_is_no_mobile_number_is_refused_and_creates_nothing():
    with pytest.raises(CommandError):
        call_command("create_coordinator", "许文君", "12345")
    assert not User.objects.exists()
