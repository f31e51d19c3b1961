"""An address as a square to be scanned."""

import segno
from django.utils.safestring import SafeString


def qr_svg(url: str) -> SafeString:
    """The address as an SVG that scales with its box."""
    code = segno.make(url, error="m", micro=False)
    return SafeString(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))
