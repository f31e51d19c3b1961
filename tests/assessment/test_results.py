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
    return set(found.areas), set(found.streets), found.district is not None


@pytest.mark.parametrize(
    ("sizes", "areas", "streets", "district"),
    [
        ({"a1": 10, "b1": 10}, {"a1", "b1"}, {"a", "b"}, True),
        ({"a1": 12, "a2": 30, "b1": 40}, {"a1", "a2", "b1"}, {"a", "b"}, True),
        # one area under ten: the smallest shown one of the street goes with it, or subtraction gives it away
        ({"a1": 9, "a2": 30, "a3": 12, "b1": 40}, {"a2", "b1"}, {"a", "b"}, True),
        ({"a1": 9, "a2": 30, "b1": 40}, {"b1"}, {"a", "b"}, True),
        # two of them cover each other
        ({"a1": 9, "a2": 9, "a3": 12}, {"a3"}, {"a"}, True),
        # a street under ten takes the smallest other street with it, areas included
        ({"a1": 9, "b1": 40, "c1": 50}, {"c1"}, {"c"}, True),
        ({"a1": 9, "b1": 40}, set(), set(), True),
        # an area nobody answered from hides nothing
        ({"a1": 0, "a2": 30}, {"a2"}, {"a"}, True),
        ({"a1": 5, "b1": 4}, set(), set(), False),
        ({}, set(), set(), False),
    ],
)
def test_what_is_shown(sizes, areas, streets, district):
    assert shown(**sizes) == (areas, streets, district)


@given(st.dictionaries(st.tuples(st.sampled_from("abcd"), st.integers(1, 6)), st.integers(0, 60), max_size=20))
def test_whatever_is_hidden_is_at_least_ten_together(sizes):
    """All an outsider can compute is a shown total minus shown parts: that remainder is empty or big enough."""
    areas = {key: Tally(n) for key, n in sizes.items()}
    found = release(areas, {key: key[0] for key in areas})
    assert all(tally.n >= LEAST for tally in [*found.areas.values(), *found.streets.values()])
    if found.district:
        rest = found.district.n - sum(tally.n for tally in found.streets.values())
        assert rest == 0 or rest >= LEAST
    for street, tally in found.streets.items():
        rest = tally.n - sum(part.n for key, part in found.areas.items() if key[0] == street)
        assert rest == 0 or rest >= LEAST
    assert all(key[0] in found.streets for key in found.areas)


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


@pytest.mark.django_db
def test_an_area_without_its_own_result_gets_its_streets_then_the_districts():
    survey, street = ClosedSurveyFactory(), StreetFactory()
    small, cover, far = AreaFactory(street=street), AreaFactory(street=street), AreaFactory()
    ballots(survey, small, 4)
    ballots(survey, cover, 12)
    ballots(survey, far, 20)
    found = published(survey)
    assert found.best_for(small.pk, street.pk).n == 16
    assert found.best_for(far.pk, far.street_id).n == 20
    assert found.best_for(0, 0).n == 36
