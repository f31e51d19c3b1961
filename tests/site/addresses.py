"""Every address the site knows, read from its resolver: none can be forgotten by a test that walks them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.guards import Guard


@dataclass(frozen=True)
class Address:
    """`name` is the full url name, `parameters` those of its path."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def guard(self) -> Guard | None:
        return getattr(self.view, "guard", None)

    @property
    def key(self) -> str:
        """Tells two routes of one name apart."""
        return f"{self.name} {' '.join(self.parameters)}".strip()


def all_addresses() -> list[Address]:
    return sorted(_walk(get_resolver(), "", ""), key=lambda address: address.key)


def _walk(resolver: URLResolver, namespace: str, route: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (namespace, pattern.namespace) if part)
            yield from _walk(pattern, inner, here)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}:{pattern.name}" if namespace else str(pattern.name)
            yield Address(name, here, tuple(pattern.pattern.converters), pattern.callback)
