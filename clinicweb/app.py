"""The application factory: wiring only."""

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.accounts import (
    captcha_views,
    factor_views,
    identity_views,
    invitation_views,
    login,
    own_data_views,
    own_factor_views,
    passkey_views,
    phone_views,
    profile_views,
    reactivation_views,
    recovery_views,
    registration_views,
    temporary_views,
    texts,
)
from clinicweb.accounts import views as accounts
from clinicweb.accounts.open_sessions import OpenSessions
from clinicweb.booking import offer_views, waiting_views
from clinicweb.booking import views as booking
from clinicweb.chat import attachment_views as chat_files
from clinicweb.chat import socket as chat_socket
from clinicweb.chat import views as chat
from clinicweb.clinic import installed
from clinicweb.clinic.brand import brand
from clinicweb.clinic.rules import ClinicRules, load_rules
from clinicweb.config import Settings
from clinicweb.contact import staff_views as inbox
from clinicweb.contact import texts as contact_texts
from clinicweb.contact import views as contact
from clinicweb.core import clamav, db, file_store, file_texts, i18n
from clinicweb.core.ids import PUBLIC_ID_PATTERN
from clinicweb.demo.views import mailbox_pages
from clinicweb.documents import leave_views, pdf, sealed_store, signing, verify_views
from clinicweb.documents import paper_views as papers
from clinicweb.documents import views as documents
from clinicweb.feed import views as feed
from clinicweb.help import views as help_pages
from clinicweb.history import views as history
from clinicweb.mydata import views as mydata
from clinicweb.notifications import push_views, queries, rendering
from clinicweb.reminders import views as reminders
from clinicweb.video import attention_socket, attention_views, check_views
from clinicweb.video import socket as _calls  # noqa: F401  what sockets do for calls
from clinicweb.video import views as video
from clinicweb.web import (
    assets,
    errors,
    guards,
    hosts,
    limiter,
    live,
    render,
    security,
    site,
    speech,
)


class PublicIdConverter(BaseConverter):
    """``<public_id:…>`` in a route: what cannot be an id is no such page."""

    regex = PUBLIC_ID_PATTERN


def create_app(settings: Settings, *, is_demo: bool = False) -> Flask:
    """
    The portal of one clinic.

    Raises: ``BadRules`` for a clinic's TOML that is wrong, ``MissingGuard`` for a route
    that says nothing about who may call it.
    """
    rules = load_rules(settings.clinic)
    app = Flask(__name__, static_folder=None)
    _configure(app, settings)
    app.permanent_session_lifetime = rules.sign_in.longest
    installed.init_app(app, rules, settings)
    db.configure(db.Database(settings.database))
    file_store.configure(settings.data_dir / "files")
    pdf.configure(settings.data_dir / "papers")
    sealed_store.configure(settings.data_dir / "sealed")
    signing.configure(settings, rules, is_demo=is_demo)
    clamav.use(clamav.Scanner(settings.clamav) if settings.clamav else None)
    hosts.init_app(app, hosts.trusted_hosts(settings.base_url, is_demo=is_demo))
    app.url_map.converters["public_id"] = PublicIdConverter
    _install_kernel(app, settings, rules)
    _install_slices(app, rules)
    queries.init_app(app, sends_texts=is_demo or bool(settings.sms_gateway_url))
    if is_demo:
        folder = settings.data_dir / "mailbox"
        app.register_blueprint(mailbox_pages(folder, zone=rules.identity.timezone))
    live.init_app(app, settings, OpenSessions(rules.sign_in))
    chat_socket.init_app(app, is_on=rules.chat.is_on)
    attention_socket.init_app(app, is_on=rules.video.in_appointments)
    guards.init_app(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    *older, newest = settings.keys()
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        SESSION_COOKIE_NAME="__Host-clinicweb" if settings.is_https else "clinicweb",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Written when it changes: a kept session ends on its day, however much it is used.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIMETYPES=["text/html", "application/json", "text/plain"],
        COMPRESS_MIN_SIZE=200,
        COMPRESS_BR_LEVEL=5,
    )
    proxies = settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def _install_kernel(app: Flask, settings: Settings, rules: ClinicRules) -> None:
    i18n.init_app(app, default=rules.identity.default_language, reader=speech.locale)
    Compress(app)
    assets.init_app(app)
    render.init_app(app, labels=rules.labels.model_dump(), clinic=brand(rules))
    app.jinja_env.globals["asks_captcha"] = rules.asks_captcha
    app.jinja_env.globals["has_chat"] = rules.chat.is_on
    security.init_app(app, frame_ancestors=settings.embed_origins, https=settings.is_https)
    login.init_app(app, rules.sign_in)
    limiter.init_app(app, rate=settings.rate_limit, redis_url=settings.redis_url)
    errors.init_app(app)
    rendering.init_app(app)


def _install_slices(app: Flask, rules: ClinicRules) -> None:
    app.register_blueprint(site.bp)
    app.register_blueprint(help_pages.bp)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(factor_views.bp)
    app.register_blueprint(recovery_views.bp)
    app.register_blueprint(temporary_views.bp)
    app.register_blueprint(reactivation_views.bp)
    app.register_blueprint(profile_views.bp)
    app.register_blueprint(identity_views.bp)
    app.register_blueprint(captcha_views.bp)
    app.register_blueprint(own_data_views.bp)
    app.register_blueprint(phone_views.bp)
    app.register_blueprint(push_views.bp)
    app.register_blueprint(invitation_views.bp)
    app.register_blueprint(own_factor_views.bp)
    app.register_blueprint(passkey_views.bp)
    app.register_blueprint(registration_views.blueprint(rules))
    errors.register_reasons(texts.REASONS)
    errors.register_reasons(file_texts.REASONS)
    app.register_blueprint(booking.blueprint(rules))
    app.register_blueprint(waiting_views.bp)
    app.register_blueprint(offer_views.bp)
    app.register_blueprint(chat.blueprint(rules))
    app.register_blueprint(chat_files.bp)
    app.register_blueprint(feed.bp)
    app.register_blueprint(history.bp)
    errors.register_reasons(contact_texts.REASONS)
    app.register_blueprint(contact.bp)
    app.register_blueprint(inbox.bp)
    app.register_blueprint(mydata.bp)
    app.register_blueprint(documents.bp)
    app.register_blueprint(papers.bp)
    app.register_blueprint(leave_views.bp)
    app.register_blueprint(verify_views.bp)
    app.register_blueprint(reminders.bp)
    app.register_blueprint(video.blueprint(rules))
    app.register_blueprint(check_views.bp)
    app.register_blueprint(attention_views.blueprint(rules))
