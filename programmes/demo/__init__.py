"""A district to try: the five workbooks, a round under way, and what became of what residents said.

Everything happens through the services, as if people had done it, in one transaction and the same for the same day.
"""

from programmes.demo.build import STAGES, build
from programmes.demo.sign_ins import PASSWORD, sign_ins

__all__ = ["PASSWORD", "STAGES", "build", "sign_ins"]
