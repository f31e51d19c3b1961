"""What a channel has to be told before it can send: the form is made of this, and what is a key is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from notifications.channels import Channel


@dataclass(frozen=True)
class Need:
    """`kind`: text, key, address (https on an allowed host), secret_address, number, choice, json."""

    name: str
    label: Any
    kind: str = "text"
    hint: Any = ""
    required: bool = True
    default: Any = ""
    choices: Sequence[tuple[str, Any]] = ()

    @property
    def is_key(self) -> bool:
        return self.kind in ("key", "secret_address")

    @property
    def is_address(self) -> bool:
        return self.kind in ("address", "secret_address")


@runtime_checkable
class NeedsSetup(Channel, Protocol):
    """A channel an administrator sets up. `per_group`: once for each group. `about`: where to find what it needs."""

    needs: ClassVar[Sequence[Need]]
    per_group: ClassVar[bool]
    about: ClassVar[Any]
