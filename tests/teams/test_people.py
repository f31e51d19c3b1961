import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from teams import services
from teams.models import User
from tests.factories.teams import GrantFactory, UserFactory
from tests.people import District
from tests.teams.conftest import AT

PHONE = "13800138000"


def create(by: User | None, **changed: object) -> User:
    return services.create_person(**{"phone": PHONE, "name": "陆一鸣", "by": by, "at": AT} | changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["coordinator", "organ", "administrator"])
def test_a_new_person_is_created_once_and_cannot_sign_in_yet(district: District, who: str) -> None:
    person = create(district[who], law_firm="海上律师事务所")

    assert (person.name, person.phone, person.law_firm) == ("陆一鸣", PHONE, "海上律师事务所")
    assert not person.has_usable_password()
    assert history_of(person).get().verb == "create"


@pytest.mark.parametrize("phone", [PHONE, "138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"])
def test_a_person_is_recognised_by_the_number_however_it_is_typed(district: District, phone: str) -> None:
    known = create(None)

    assert create(district["organ"], phone=phone, name="陆 一 鸣") == known
    assert history_of(known).count() == 1


def test_another_name_for_a_known_number_is_refused_without_telling_the_name(district: District) -> None:
    create(None)
    with pytest.raises(RuleBroken) as refused:
        create(district["organ"], name="陆一明")
    assert "陆一鸣" not in str(refused.value.sentence)


def test_a_closed_account_is_not_used_again_silently(district: District) -> None:
    User.objects.filter(pk=create(None).pk).update(is_active=False)
    with pytest.raises(RuleBroken):
        create(district["organ"])


@pytest.mark.parametrize("phone", ["", "1380013800", "138001380001", "021-55550118", "23800138000"])
def test_a_number_that_is_no_mobile_is_refused(district: District, phone: str) -> None:
    with pytest.raises(RuleBroken):
        create(district["organ"], phone=phone)


def test_a_name_that_unfolds_beyond_what_is_kept_is_refused(district: District) -> None:
    """U+FDFA is one character when it is typed and eighteen when it is folded."""
    with pytest.raises(RuleBroken, match="40"):
        create(district["organ"], name="\ufdfa" * 3)


@pytest.mark.parametrize("who", ["official", "auditor", "nobody"])
def test_others_create_nobody(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        create(district[who])


def rename(district: District, person: User, **changed: object) -> User:
    facts = {"name": "陆 一明", "title": "主任", "unit": district.own.unit, "law_firm": "", "at": AT}
    return services.set_person(**{"user": person, "by": district["administrator"], **facts, **changed})  # type: ignore[arg-type]


def test_the_administrator_puts_a_name_right(district: District) -> None:
    person = create(None)
    rename(district, person, version=1)

    changed = User.objects.get(pk=person.pk)
    assert (changed.name, changed.title, changed.unit) == ("陆一明", "主任", district.own.unit)
    assert changed.name_key.startswith("lu yi ming")
    assert (history_of(person).first().payload["old_name"], changed.version) == ("陆一鸣", 2)  # type: ignore[union-attr]
    assert create(district["organ"], name="陆一明") == person


@pytest.mark.parametrize("name", ["", " ", "陆" * 41, "㍿" * 20])
def test_a_name_has_letters_and_room(district: District, name: str) -> None:
    person = create(None)
    with pytest.raises(RuleBroken):
        rename(district, person, name=name)
    with pytest.raises(RuleBroken):
        create(None, name=name, phone="13800138001")


def test_a_name_is_changed_by_the_administrator_who_saw_the_last_one(district: District) -> None:
    person = rename(district, create(None))
    with pytest.raises(Conflict):
        rename(district, person, version=1)
    with pytest.raises(PermissionDenied):
        rename(district, person, by=district["coordinator"])


def test_a_closed_account_loses_every_role_and_keeps_its_history(district: District) -> None:
    lead = services.deactivate_person(user=district.own["lead"], by=district["administrator"], at=AT)

    assert User.objects.get(pk=lead.pk).grants == []
    assert lead.memberships.count() == 1
    services.reactivate_person(user=lead, by=district["administrator"], at=AT)
    assert len(User.objects.get(pk=lead.pk).grants) == 1


def test_nobody_closes_the_own_account(district: District) -> None:
    GrantFactory(role="administrator")
    with pytest.raises(RuleBroken):
        services.deactivate_person(user=district["administrator"], by=district["administrator"], at=AT)


def test_the_last_auditor_keeps_the_account(district: District) -> None:
    with pytest.raises(RuleBroken):
        services.deactivate_person(user=district["auditor"], by=district["administrator"], at=AT)


def test_only_the_administrator_closes_accounts(district: District) -> None:
    with pytest.raises(PermissionDenied):
        services.deactivate_person(user=district.own["lead"], by=district["coordinator"], at=AT)


def test_an_older_version_of_an_account_is_refused(district: District) -> None:
    person = UserFactory()
    services.deactivate_person(user=person, by=district["administrator"], at=AT, version=1)
    with pytest.raises(Conflict):
        services.reactivate_person(user=person, by=district["administrator"], at=AT, version=1)


def test_a_password_is_never_written_into_the_log(district: District) -> None:
    person = services.change_password(
        user=district.own["lead"], password="白日依山尽42", by=district.own["lead"], at=AT
    )

    assert person.check_password("白日依山尽42")
    assert history_of(person).get().payload == {}


def test_nobody_sets_the_password_of_somebody_else(district: District) -> None:
    with pytest.raises(PermissionDenied):
        services.change_password(
            user=district.own["lead"], password="白日依山尽42", by=district["administrator"], at=AT
        )
