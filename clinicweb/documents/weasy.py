"""
WeasyPrint as a program of its own: ``OUTPUT PAPER MARGIN``, with the page as its input.

It fetches nothing: whatever a page names is not there.
"""

import sys
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher


class NothingFetched(URLFetcher):
    def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002  the library's own names
        raise ValueError(f"not fetched: {url[:40]}")


def main() -> None:
    made, paper, margin = sys.argv[1:]
    html = sys.stdin.buffer.read().decode()
    sheet = CSS(string=f"@page {{ size: {paper}; margin: {margin} }}")
    page = HTML(string=html, url_fetcher=NothingFetched())
    page.write_pdf(made, stylesheets=[sheet], pdf_tags=True)


if __name__ == "__main__":
    main()
