"""Recompute the event log's chain and print its head. Ends with status 1 where it is broken.

Write the printed head down somewhere else: given back as --anchor SEQ:HASH, it also shows a log that was rewritten whole.
"""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.events import verify
from core.models import ChainHead, Event


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchor", type=anchor, action="append", default=[], metavar="SEQ:HASH")

    def handle(self, *args: Any, anchor: list[tuple[int, str]], **options: Any) -> None:
        broken = verify()
        if broken:
            raise CommandError(f"the log is broken at event {broken.seq}: {broken.reason}")
        for seq, expected in anchor:
            if not Event.objects.filter(seq=seq, hash=expected).exists():
                raise CommandError(f"event {seq} does not carry the hash that was written down: the log was rewritten")
        head = ChainHead.objects.get(pk=1)
        self.stdout.write(f"whole, {head.seq} events, head {head.seq}:{head.hash}")


def anchor(text: str) -> tuple[int, str]:
    seq, separator, digest = text.partition(":")
    if not (separator and seq.isdecimal() and len(digest) == 64):
        raise ArgumentTypeError("write SEQ:HASH as this command printed it")
    return int(seq), digest
