"""The forms of a page: where each is sent to, and what a person could send with it."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Form = dict[str, list[str]]  # field → the values it offers; for a field to write in, what stands in it
NOT_SENT = {"csrfmiddlewaretoken"}


def forms_of(html: str, page: str) -> dict[str, Form]:
    """Forms that are posted, by the path they are posted to; two forms to one path are taken together.

    What a button or the element around a form sends elsewhere (`formaction`, `hx-post`) is a form to that path too.
    """
    reader = _Reader(page)
    reader.feed(html)
    for path in reader.elsewhere:
        reader.forms.setdefault(path, reader.last)
    return {path: form for path, form in reader.forms.items() if form}


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: dict[str, Form] = {}
        self.form: Form | None = None
        self.last: Form = {}
        self.elsewhere: list[str] = []
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        self._also_sent_to(values.get("formaction", ""), values.get("hx-post", ""))
        if tag == "form" and values.get("method", "").lower() == "post":
            self.form = self.last = self.forms.setdefault(self._path(values.get("action", "")), {})
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self._offer(self.select, values.get("value", ""))
        elif tag == "textarea":
            self.textarea = name
            self._offer(name, "")
        elif tag in ("input", "button"):
            self._offer(name, values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.form is not None and data.strip():
            self.form[self.textarea] = [data.strip()]

    def _path(self, address: str) -> str:
        return urlsplit(urljoin(self.page, address)).path

    def _also_sent_to(self, *addresses: str) -> None:
        for path in (self._path(address) for address in addresses if address):
            if self.form is None:
                self.elsewhere.append(path)
            else:
                self.forms.setdefault(path, self.form)

    def _offer(self, name: str, value: str) -> None:
        if self.form is not None and name and name not in NOT_SENT:
            self.form.setdefault(name, []).append(value)
