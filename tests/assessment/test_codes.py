"""Codes nobody guesses, and hashes the database cannot turn back."""

import hashlib
import hmac

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from assessment.codes import ALPHABET, clean_code, grouped, hash_code, new_code


def test_a_code_has_sixty_random_bits_in_letters_that_are_not_confused():
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) == set(ALPHABET)
    assert set("ILOU").isdisjoint(ALPHABET)
    assert 32**12 == 2**60


@pytest.mark.parametrize(
    "typed",
    [
        "7K3Q-W8ZD-42MN",
        "7k3qw8zd42mn",
        " 7K3Q W8ZD 42MN ",
        "７Ｋ３Ｑ－Ｗ８ＺＤ－４２ＭＮ",
        "7K3Q\u2013W8ZD\u201442MN\n",
    ],
)
def test_a_code_is_read_however_people_type_it(typed):
    assert clean_code(typed) == "7K3QW8ZD42MN"


def test_letters_that_look_like_digits_are_taken_for_them():
    assert clean_code("OIL0-AAAA-AAAA") == "0110AAAAAAAA"


@pytest.mark.parametrize("typed", ["", "7K3Q", "7K3Q-W8ZD-42M", "7K3Q-W8ZD-42MNX", "7K3QW8ZD42MU", "七K3QW8ZD42MN"])
def test_what_cannot_be_a_code_is_none(typed):
    assert clean_code(typed) == ""


@given(st.text(alphabet=ALPHABET, min_size=12, max_size=12))
def test_the_printed_form_reads_back(code):
    assert clean_code(grouped(code)) == code


def test_the_hash_needs_the_pepper(settings=settings):
    code = "7K3QW8ZD42MN"
    expected = hmac.new(settings.CODE_PEPPER.encode(), code.encode(), hashlib.sha256).hexdigest()
    assert hash_code(code) == expected != hashlib.sha256(code.encode()).hexdigest()
