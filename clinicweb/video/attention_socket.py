"""Pages of boxes by the page's socket: something changed, ask what is so now."""

from flask import Flask, request

from clinicweb.core.events import Event
from clinicweb.core.viewer import PATIENT, PRACTITIONER, Viewer
from clinicweb.video import lines
from clinicweb.web import live
from clinicweb.web.delivery import NUDGE


def init_app(app: Flask, *, is_on: bool) -> None:
    """After ``live.init_app``."""
    if is_on:
        live.is_wanted(app, _wants)


def _wants(viewer: Viewer) -> bool:
    """Who attends on any page; patients where they wait or talk: on others it weighs too much."""
    if PRACTITIONER in viewer.roles:
        return True
    return PATIENT in viewer.roles and request.blueprint in {"attention", "video"}


def show_waiting(_viewer: Viewer, _event: Event) -> str:
    """Each page asks for its own part: so it is told from what it has, and seen to be there."""
    return NUDGE


live.renders(lines.WAITING, show_waiting)
