"""The guide: its index with a search, and a page for each topic.  Open to everybody."""

from flask import Blueprint, Response, request

from clinicweb.clinic.installed import current_rules
from clinicweb.core.i18n import _, counted, date_text
from clinicweb.help import guide, queries
from clinicweb.help.forms import SearchForm
from clinicweb.web.guards import public
from clinicweb.web.render import page

bp = Blueprint("help", __name__)
_SHOWN = 12


@bp.get("/ayuda")
@public
def home() -> Response:
    """S3-86: all that the guide holds, numbered; and what was looked for in it."""
    topics = queries.list_topics(current_rules())
    form = SearchForm(request.args, meta={"csrf": False})
    query = (form.query.data or "") if form.validate() else ""
    hits = guide.find(topics, query, most=_SHOWN)
    return page(
        "help/home.html",
        form=form,
        topics=topics,
        hits=hits,
        found_text=_found_text(query, len(hits)) if query else None,
        revision_text=revision_text(),
    )


@bp.get("/ayuda/<topic_key>")
@public
def topic(topic_key: str) -> Response:
    found = queries.get_topic(current_rules(), topic_key)
    return page("help/topic.html", topic=found, revision_text=revision_text())


def _found_text(query: str, count: int) -> str:
    if not count:
        return _("No encontramos «%(query)s». Pruebe con otra palabra, o con menos.", query=query)
    return counted("%(num)s resultado", "%(num)s resultados", count)


def revision_text() -> str:
    """S2-24."""
    edition = guide.REVISION
    return _(
        "Revisión %(number)s · creada el %(created)s · actualizada el %(updated)s",
        number=edition.number,
        created=date_text(edition.created),
        updated=date_text(edition.updated),
    )
