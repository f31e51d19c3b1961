"""Recognising numbers that belong to a person in a text that others will read."""

import re
import unicodedata

NUMBER = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dxX])(?!\d)")
GAPS = re.compile(r"(?<=\d)[\s-](?=\d)")
LONG = re.compile(r"\d(?:[\s-]?\d){6,}")


def looks_personal(text: str) -> bool:
    """A mobile number or an identity number, also with blanks, dashes or full-width digits."""
    return bool(NUMBER.search(GAPS.sub("", unicodedata.normalize("NFKC", text))))


def without_numbers(text: str) -> str:
    """The text with anything that could be a telephone or identity number crossed out."""
    return LONG.sub("***", text)
