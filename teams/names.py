"""Chinese names as people type them: one spelling to keep, one key to sort and search by."""

import re
import unicodedata
from typing import Any

from pypinyin import Style, lazy_pinyin

SPACE = re.compile(r"\s+")
MOBILE = re.compile(r"1\d{10}")


def clean_name(text: str) -> str:
    """Full-width forms folded, the space some offices put into two-character names taken out."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if any("\u4e00" <= char <= "\u9fff" for char in folded):
        return SPACE.sub("", folded)
    return SPACE.sub(" ", folded)


def name_key(name: str) -> str:
    """Pinyin syllables for sorting, a bar, and the first letters for searching: `wang xiu zhen|wxz`."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors=_letters)
    return f"{' '.join(syllables)}|{''.join(syllable[:1] for syllable in syllables)}"[:120]


def _letters(rest: str) -> Any:
    """Each character that is no hanzi by itself; pypinyin takes lists, though its types name only text."""
    return list(rest.lower())


def clean_phone(text: str) -> str:
    """Digits only: `１９９-8851 4771` becomes `19988514771`. A leading +86 is dropped."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+86|86(?=1\d{10}$))", "", digits).replace("+", "")


def is_mobile(phone: str) -> bool:
    return MOBILE.fullmatch(phone) is not None


def has_mobile(text: str) -> bool:
    """Whether a mobile number stands anywhere in it, however it is spaced."""
    digits = re.sub(r"(?<=\d)[\s-]+(?=\d)", "", unicodedata.normalize("NFKC", text))
    return re.search(r"(?<!\d)(86)?1\d{10}(?!\d)", digits) is not None


def masked_phone(phone: str) -> str:
    """`138****2207`; shorter numbers keep their last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else f"****{phone[-2:]}"
