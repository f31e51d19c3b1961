"""Reading pages as somebody does who clicks: the links of a page, and how long the list behind one is."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from django.test import Client

NEXT = re.compile(r'rel="next" href="([^"]+)"')
ROWS = re.compile(r"<a[^>]*\bdata-row\b")
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


@dataclass
class Link:
    url: str
    label: str = ""
    text: str = ""
    value: str = ""

    @property
    def count(self) -> int | None:
        """The number that the link says its list has: a tile's value, else the last word of a bar's name or of the text."""
        words = (self.value or self.label or self.text).split()
        number = words[0 if self.value else -1] if words else ""
        return int(number) if number.isdecimal() and "%" not in self.value else None


@dataclass
class Reader(HTMLParser):
    """Collects the links of a page with the words inside them."""

    found: list[Link] = field(default_factory=list)
    inside: Link | None = None
    in_value: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            values = {name: value or "" for name, value in attributes}
            self.inside = Link(values.get("href", ""), values.get("aria-label", ""))
            self.found.append(self.inside)
        if tag == "span" and (dict(attributes).get("class") or "").split()[:1] == ["v"]:
            self.in_value = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.inside = None
        if tag == "span":
            self.in_value = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.inside.text += data
            self.inside.value += data if self.in_value else ""


def links_of(html: str) -> list[Link]:
    """The links of the page's own content, without bar and rail."""
    main = MAIN.search(html)
    reader = Reader()
    reader.feed(main[0] if main else html)
    return reader.found


def length_of_list(client: Client, url: str) -> int:
    """How many rows the list at this address has, over all its pages."""
    rows = 0
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, f"{url} answered {answer.status_code}"
        html = MAIN.search(answer.content.decode())[0]  # type: ignore[index]
        rows += len(ROWS.findall(html))
        following = NEXT.search(html)
        url = f"{url.partition('?')[0]}{unescape(following[1])}" if following else ""
    return rows
