"""One scenario, in full size, on a database, a Redis and a mail server of its own; its numbers as JSON."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

import django

from tools.postgres import TemporaryPostgres
from tools.redis import RedisServer


def main(name: str, minutes: float) -> None:
    with ExitStack() as stack:
        postgres = None
        if not os.environ.get("DATABASE_URL"):
            postgres = stack.enter_context(TemporaryPostgres(survives_a_crash=True))
            os.environ["DATABASE_URL"] = postgres.url
        redis = stack.enter_context(RedisServer(debug=True))
        os.environ["REDIS_URL"] = redis.url
        print(json.dumps(asdict(_run(name, minutes, stack, postgres, redis))))


def _run(name: str, minutes: float, stack: ExitStack, postgres: TemporaryPostgres | None, redis: RedisServer) -> Any:
    from faults.sink import Sink  # noqa: PLC0415

    sink = stack.enter_context(Sink())
    os.environ |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(sink.port)}
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  only after django.setup()

    from faults.stand import Stand  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    stand = Stand(dict(os.environ), sink, postgres.crash if postgres else None)
    return _scenarios(redis, minutes, stack)[name](stand)


def _scenarios(redis: RedisServer, minutes: float, stack: ExitStack) -> dict[str, Callable[[Any], Any]]:
    from faults import hours, restores  # noqa: PLC0415
    from faults import scenarios as s  # noqa: PLC0415

    def many_bells(stand: Any) -> Any:
        stack.enter_context(s.ringing(stand, workers=2, schedulers=2, cron=1))
        return s.many_bells(stand, int(2_000 * minutes), seconds=60 * minutes)

    def redis_breaks(stand: Any) -> Any:
        bells = stack.enter_context(s.ringing(stand, cron=5))
        return s.redis_breaks(stand, 5_000, bells, redis, each=5, pause=20, seconds=100)

    return {
        "R1": lambda stand: s.kills(stand, 10_000, 50, crashes=2),
        "R2": lambda stand: s.kills(stand, 3_000, 25, name="R2", workers=2),
        "R3": redis_breaks,
        "R4": lambda stand: hours.downtime_of_workers(stand, 307),
        "R5": many_bells,
        "R7": lambda stand: s.frozen(stand, 400, seconds=8),
        "R9a": lambda stand: s.four_planners(stand, 2_000, keys=False),
        "R9b": lambda stand: s.frozen(stand, 400, seconds=8, broken="lease re-check", name="R9b"),
        "R9c": lambda stand: s.marked_too_early(stand, 2_000),
        "R10": lambda stand: restores.restore_of_a_dump(stand, 300),
        "R11": lambda stand: hours.random_ticks(stand, 500),
        "R12": lambda stand: hours.jumps_and_zones(stand, 500),
    }


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
