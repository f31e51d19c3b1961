"""`make bench`: prints every page and move as a multiple of the floor, at 5, 50 and 500 thousand issues.

Ends with status 1 when something costs more than it may. `make bench ARGS="5000 50000"` measures other sizes,
`make bench ARGS=reminders` only the reminders.
"""

import os
import sys

import django


def main(wanted: list[str]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench.reminders import print_reminders  # noqa: PLC0415  only after django.setup()
    from bench.table import print_table  # noqa: PLC0415

    sizes = [int(size) for size in wanted if size != "reminders"] or [5_000, 50_000, 500_000]
    too_slow = 0 if wanted == ["reminders"] else print_table(sizes)
    return too_slow | print_reminders()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
