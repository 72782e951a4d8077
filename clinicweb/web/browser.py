"""What browser a request comes from, as its owner would say it."""

from flask import request

from clinicweb.core.i18n import _

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def describe() -> str:
    """The browser and system in two words: enough to recognise one's own telephone."""
    agent = request.user_agent.string
    browser = next((name for mark, name in _BROWSERS if mark in agent), _("Navegador"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} · {system}".strip(" ·")
