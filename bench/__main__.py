"""`make bench`: prints every page and move as a multiple of the floor, at 5, 50 and 500 thousand issues.

Ends with status 1 when something costs more than it may. `make bench ARGS="5000 50000"` measures other sizes.
"""

import os
import sys

import django


def main(sizes: list[int]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench.table import print_table  # noqa: PLC0415  only after django.setup()

    return print_table(sizes)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [5_000, 50_000, 500_000]))
