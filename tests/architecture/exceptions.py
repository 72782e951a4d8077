"""Exceptions from the house rules, each with its reason."""

# Files of a slice beyond the usual ones: (slice, file) → its job.
FILES: dict[tuple[str, str], str] = {
    ("accounts", "login"): "joins flask-login to the session rows",
    ("accounts", "names"): "pure: which names a person may have meant",
    ("accounts", "passwords"): "hashing, shared by sign-in and account creation",
    ("booking", "publish_actions"): "actions of the clinic, apart from those of patients",
    ("booking", "publishing"): "pure: which hours an agenda makes",
    ("clinic", "brand"): "pure: colours with contrast guaranteed",
    ("clinic", "rules"): "what a clinic's TOML may say",
    ("notifications", "calendar"): "pure: the iCalendar file of an appointment",
    ("notifications", "delivery"): "SMTP",
    ("notifications", "rendering"): "from an outbox row to subject, text and HTML",
    ("notifications", "sender"): "the worker that empties the outbox",
}

# Public queries whose first parameter is not the viewer: (file, function) → why.
QUERIES: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/queries.py", "key_hash"): "computes, reads nothing",
    ("clinicweb/accounts/queries.py", "find_credentials"): "before sign-in there is no viewer",
    ("clinicweb/accounts/queries.py", "find_signed_in"): "it finds the viewer",
}

# Public functions of actions.py that open no transaction of their own: (file, function) → why.
ACTIONS: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/actions.py", "sign_in"): "counts even when it refuses; then one to enter",
    ("clinicweb/accounts/actions.py", "touch_session"): "a time of day is nobody's record",
    ("clinicweb/audit/actions.py", "record"): "the journal line of another's act",
    ("clinicweb/notifications/actions.py", "enqueue"): "the mail of another's act",
}

# Functions that write without audit: (file, function) → why.
BOOKKEEPING: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/actions.py", "sign_in"): "attempts are counted even when refused",
    ("clinicweb/accounts/actions.py", "touch_session"): "last seen, also on a GET",
    ("clinicweb/core/db.py", "bookkeeping"): "is the door itself",
    ("clinicweb/core/db.py", "transaction"): "is the other door",
    ("clinicweb/notifications/sender.py", "_claim_next"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_note_sent"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_release"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_wait_for_server"): "state of a mail",
    ("clinicweb/web/flow_views.py", "_forget"): "drafts are nobody's record yet",
    ("clinicweb/web/flow_views.py", "_write"): "drafts are nobody's record yet",
}

# Files of a slice, beyond its public ones, that slices above it import: (slice, file) → why.
IMPORTS: dict[tuple[str, str], str] = {
    ("clinic", "models"): "sites, services and people are what the other slices join",
}
