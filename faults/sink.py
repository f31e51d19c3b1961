"""A real mail server that takes everything and counts: how often each message came, and to whom."""

import asyncio
import re
from collections import Counter
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.ports import HERE, free_port

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """`seconds` is how long it thinks before it says 250. It has counted the message by then: a worker that is killed
    while it waits has sent and not marked.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.taken = 0
        self.ids: Counter[str] = Counter()
        self.people: dict[str, set[str]] = {}
        self.port = free_port()
        self._controller = Controller(self, hostname=HERE, port=self.port, enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.content
        found = MESSAGE_ID.search(content[:4000])
        name = found.group(1).decode() if found else "none"
        self.ids[name] += 1
        self.taken += 1
        for address in envelope.rcpt_tos:
            self.people.setdefault(address, set()).add(name)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return "250 taken"

    @property
    def doubles(self) -> int:
        """Messages that came more often than once, and second messages to one person."""
        again = sum(n - 1 for n in self.ids.values())
        return again + sum(len(names) - 1 for names in self.people.values())

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
