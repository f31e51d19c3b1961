"""Every view says who may enter."""

import pytest

from tests.site.addresses import all_addresses


@pytest.mark.parametrize("address", all_addresses(), ids=lambda address: address.key)
def test_a_view_carries_exactly_one_mark(address):
    assert address.guard is not None, f"{address.name} has no mark: add @public, @signed_in or @policy(...)"


def test_the_walk_finds_a_view_without_a_mark():
    def forgotten(request):
        """A view somebody forgot to mark."""

    assert getattr(forgotten, "guard", None) is None
    assert len(all_addresses()) > 60
