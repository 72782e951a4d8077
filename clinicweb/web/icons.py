"""
The drawings of ``static/icons.svg``, set into a page where they are shown, and the page's own mark.

Nothing has to be asked for: a page shows few of them, and a browser asks for a page's mark again
with every whole page.
"""

import re
from functools import cache
from urllib.parse import quote

from markupsafe import Markup

from clinicweb.web.assets import ROOT

_SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="0 0 24 24">(.+?)</symbol>', re.DOTALL)


@cache
def _drawings() -> dict[str, str]:
    return dict(_SYMBOL.findall((ROOT / "icons.svg").read_text("utf-8")))


@cache
def icon(name: str, kind: str = "") -> Markup:
    """The drawing *name*; it says nothing to who does not see it.  *kind* is a class of its own."""
    opened = f'<svg class="{kind}"' if kind else "<svg"
    drawn = f'{opened} viewBox="0 0 24 24" aria-hidden="true">{_drawings()[name]}</svg>'
    return Markup(drawn)  # noqa: S704  from the portal's own file alone


@cache
def favicon() -> str:
    """The address of the mark that a browser shows for the page: the drawing itself."""
    drawn = (ROOT / "favicon.svg").read_text("utf-8").strip().replace('"', "'")
    return "data:image/svg+xml," + quote(drawn, safe="/:='")
