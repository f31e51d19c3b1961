"""The demonstration's district in the middle of a round: `python -m bench.district` writes it into an empty database."""

import django
from django.utils import timezone

if __name__ == "__main__":
    django.setup()
    from programmes import demo

    demo.build(now=timezone.now(), stage="visited")
