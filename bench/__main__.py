"""`make bench`: prints every page and move as a multiple of the floor, at 5, 50 and 500 thousand issues,
how long reminders take, and how long the best plan of a round.

Ends with status 1 when something costs more than it may. `make bench ARGS="5000 50000"` measures other sizes,
`make bench ARGS=reminders` only the reminders, `make bench ARGS=planner` only the planner.
"""

import os
import sys

import django

from bench.planner import print_planner

ONE_ONLY = ("planner", "reminders")


def main(wanted: list[str]) -> int:
    if wanted == ["planner"]:
        return print_planner()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench.reminders import print_reminders  # noqa: PLC0415  only after django.setup()
    from bench.table import print_table  # noqa: PLC0415

    sizes = [int(size) for size in wanted if size not in ONE_ONLY] or [5_000, 50_000, 500_000]
    too_slow = 0 if wanted == ["reminders"] else print_planner() | print_table(sizes)
    return too_slow | print_reminders()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
