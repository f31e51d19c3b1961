"""Which group chats a person belongs to."""

from teams.message_groups import MessageGroups
from tests.people import District


def test_people_belong_to_their_role_first_and_then_to_their_unit(district: District) -> None:
    own = district.own
    people = [district["coordinator"], district["official"], own["secretary"], own["lead"]]
    found = MessageGroups().of([person.pk for person in people])
    first = {person.pk: found[person.pk][0] for person in people if person.pk in found}
    assert first[district["coordinator"].pk] == "office"
    assert first[district["official"].pk] == "leaders"
    assert first[own["secretary"].pk] == f"unit:{own.street.pk}"


def test_a_handler_belongs_to_the_unit_where_the_role_is_held(district: District) -> None:
    handler = district.own["street"]
    assert MessageGroups().of([handler.pk])[handler.pk][0] == f"unit:{district.own.street.pk}"


def test_groups_are_asked_for_in_two_queries(district: District, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    people = [person.pk for side in (district.own, district.foreign) for person in side.people.values()]
    with django_assert_num_queries(2):
        MessageGroups().of(people)


def test_every_group_has_a_name(district: District) -> None:
    names = dict(MessageGroups().choices())
    assert {"office", "leaders", f"unit:{district.own.street.pk}"} <= set(names)
