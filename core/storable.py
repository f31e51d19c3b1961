"""Which text every database can keep."""


def storable(text: str) -> bool:
    """Without NUL characters and lone surrogates."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
