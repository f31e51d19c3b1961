"""Nothing before the close, nothing under ten, and nothing that subtraction would give away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Ballot
from assessment.results import LEAST, Published, Tally, published, release
from tests.factories.assessment import ClosedSurveyFactory, OpenSurveyFactory, ballots
from tests.factories.teams import AreaFactory, StreetFactory


def tallies(**sizes):
    """`tallies(a1=12, a2=3, b1=40)`: area names begin with their street's letter."""
    areas = {name: Tally(n) for name, n in sizes.items()}
    return areas, {name: name[0] for name in areas}


def shown(**sizes):
    found = release(*tallies(**sizes))
    streets = {street: tally.n for street, tally in found.streets.items()}
    return set(found.areas), streets, found.district.n if found.district else 0, found.left_out


@pytest.mark.parametrize(
    ("sizes", "areas", "streets", "district", "left_out"),
    [
        ({"a1": 10, "b1": 10}, {"a1", "b1"}, {"a": 10, "b": 10}, 20, 0),
        ({"a1": 12, "a2": 30, "b1": 40}, {"a1", "a2", "b1"}, {"a": 42, "b": 40}, 82, 0),
        # nine of one area would be street minus the others: they are in no number
        ({"a1": 9, "a2": 30, "b1": 40}, {"a2", "b1"}, {"a": 30, "b": 40}, 70, 9),
        # nine here and one there are ten together: the district counts them
        ({"a1": 9, "a2": 30, "b1": 40, "b2": 1}, {"a2", "b1"}, {"a": 30, "b": 40}, 80, 0),
        # eighteen of two areas are enough for their street
        ({"a1": 9, "a2": 9, "a3": 12}, {"a3"}, {"a": 30}, 30, 0),
        ({"a1": 6, "a2": 4}, set(), {"a": 10}, 10, 0),
        # a street under ten waits for others
        ({"a1": 9, "b1": 40}, {"b1"}, {"b": 40}, 40, 9),
        ({"a1": 9, "b1": 9, "c1": 50}, {"c1"}, {"c": 50}, 68, 0),
        # an area nobody answered from hides nothing
        ({"a1": 0, "a2": 30}, {"a2"}, {"a": 30}, 30, 0),
        ({"a1": 5, "b1": 4}, set(), {}, 0, 9),
        ({"a1": 5, "b1": 5}, set(), {}, 10, 0),
        ({}, set(), {}, 0, 0),
    ],
)
def test_what_is_shown(sizes, areas, streets, district, left_out):
    assert shown(**sizes) == (areas, streets, district, left_out)


sizes_of_areas = st.dictionaries(st.tuples(st.sampled_from("abcd"), st.integers(1, 6)), st.integers(0, 40), max_size=20)


@given(sizes_of_areas)
def test_whatever_can_be_worked_out_is_ten_answers_at_least(sizes):
    """All an outsider can compute is a shown total minus shown parts: that remainder is empty or big enough."""
    found = release({key: Tally(n) for key, n in sizes.items()}, {key: key[0] for key in sizes})
    shown_tallies = [*found.areas.values(), *found.streets.values()]
    assert all(tally.n >= LEAST for tally in shown_tallies)
    rests = [
        tally.n - sum(part.n for key, part in found.areas.items() if key[0] == street)
        for street, tally in found.streets.items()
    ]
    if found.district:
        assert found.district.n >= LEAST
        rests.append(found.district.n - sum(tally.n for tally in found.streets.values()))
    assert all(rest == 0 or rest >= LEAST for rest in rests)


@given(sizes_of_areas)
def test_every_area_with_ten_answers_is_shown_and_no_answer_is_lost_without_being_named(sizes):
    found = release({key: Tally(n) for key, n in sizes.items()}, {key: key[0] for key in sizes})
    assert set(found.areas) == {key for key, n in sizes.items() if n >= LEAST}
    assert (found.district.n if found.district else 0) + found.left_out == sum(sizes.values())


@pytest.mark.django_db
def test_before_the_close_there_is_nothing_at_all():
    survey, area = OpenSurveyFactory(), AreaFactory()
    ballots(survey, area, 40)
    assert published(survey) == published(None) == Published({}, {}, None, {})


@pytest.mark.django_db
def test_after_the_close_each_answer_is_counted_where_it_was_given(django_assert_num_queries):
    survey, street = ClosedSurveyFactory(), StreetFactory()
    big, small, other = AreaFactory(street=street), AreaFactory(street=street), AreaFactory()
    ballots(survey, big, 20, satisfaction="5")
    ballots(survey, big, 10, satisfaction="1", aware="unknown")
    ballots(survey, small, 12, satisfaction="3")
    ballots(survey, other, 11)
    with django_assert_num_queries(1):
        found = published(survey)
    assert found.areas[big.pk].n == 30
    assert found.areas[big.pk].count("satisfaction", ["5", "4"]) == 20
    assert found.areas[big.pk].count("aware", ["known"]) == 20
    assert found.streets[street.pk].count("satisfaction", ["3"]) == 12
    assert found.district.n == 53
    assert found.received == {big.pk: 30, small.pk: 12, other.pk: 11}


@pytest.mark.django_db
def test_free_text_is_in_no_result():
    survey, area = ClosedSurveyFactory(), AreaFactory()
    ballots(survey, area, 15, remarks="楼道灯不亮")
    found = published(survey)
    assert "remarks" not in found.areas[area.pk].options
    assert "楼道灯不亮" not in str(found)
    assert Ballot.objects.filter(answers__remarks="楼道灯不亮").count() == 15
