"""Exceptions from the house rules, each with its reason."""

# Files of a slice beyond the usual ones: (slice, file) → its job.
FILES: dict[tuple[str, str], str] = {
    ("accounts", "captcha"): "challenges: made, solved, used up; shared by several forms",
    ("accounts", "captcha_field"): "the part of a form that asks for one",
    ("accounts", "captcha_media"): "digits as a picture and as a sound",
    ("accounts", "captcha_views"): "where that picture and sound are",
    ("accounts", "commands"): "the command line of accounts",
    ("accounts", "activation_actions"): "actions of who shows that an address is theirs",
    ("accounts", "credentials"): "a new password put in place, for all ways to one",
    ("accounts", "enrolment"): "from a registration to an account, for the worker and for links",
    ("accounts", "identity_actions"): "actions of who shows again who they are",
    ("accounts", "identity_views"): "the page that asks who it is before an account is changed",
    ("accounts", "letters"): "what the mails about accounts tell",
    ("accounts", "link_pages"): "what the pages of all mailed links share",
    ("accounts", "login"): "joins flask-login to the session rows",
    ("accounts", "matching"): "pure: whose record a registration means",
    ("accounts", "names"): "pure: which names a person may have meant",
    ("accounts", "one_time"): "rows that can be used once, shared by all mailed links",
    ("accounts", "password_rules"): "the clinic's rules for passwords, in words",
    ("accounts", "passwords"): "hashing, shared by sign-in and account creation",
    ("accounts", "people"): "which accounts a typed name or address may mean",
    ("accounts", "profile_views"): "pages of one's own account, apart from the door's",
    ("accounts", "recovery_actions"): "actions of who cannot come in, and of the worker for them",
    ("accounts", "recovery_views"): "pages of who cannot come in",
    ("accounts", "records"): "between registrations and the clinic's patients",
    ("accounts", "registration_actions"): "actions of who registers, and of the worker for them",
    ("accounts", "registration_forms"): "forms made of the fields that a clinic asks for",
    ("accounts", "registration_views"): "pages of who registers",
    ("accounts", "resending"): "registrations that wait, mailed once more by the worker",
    ("accounts", "temporary_views"): "pages of who is mailed a temporary password",
    ("accounts", "texts"): "pure: reasons in words",
    ("booking", "cards"): "an appointment ready to print, for pages of several views",
    ("booking", "holds"): "the one query and write about hours kept for somebody",
    ("booking", "hours"): "free hours ready to print",
    ("booking", "mail"): "what the mails about appointments tell",
    ("booking", "publish_actions"): "actions of the clinic, apart from those of patients",
    ("booking", "publishing"): "pure: which hours an agenda makes",
    ("booking", "texts"): "pure: reasons in words",
    ("clinic", "booking_rules"): "what a clinic's TOML may say about booking",
    ("clinic", "brand"): "pure: colours with contrast guaranteed, and words for all pages",
    ("clinic", "extraction"): "finds the words of presets for translators",
    ("clinic", "installed"): "the rules of the portal that is running",
    ("clinic", "rules"): "what a clinic's TOML may say",
    ("clinic", "sms_rules"): "what a clinic's TOML may say about text messages",
    ("clinic", "section"): "what the sections of a TOML share",
    ("notifications", "calendar"): "pure: the iCalendar file of an appointment",
    ("notifications", "delivery"): "SMTP",
    ("notifications", "gateway"): "text messages over HTTP",
    ("notifications", "rendering"): "from an outbox row to subject, text and HTML",
    ("notifications", "sms"): "from an outbox row to a text message",
    ("notifications", "sender"): "the worker that empties the outbox",
}

# Public queries whose first parameter is not the viewer: (file, function) → why.
QUERIES: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/queries.py", "key_hash"): "computes, reads nothing",
    ("clinicweb/booking/queries.py", "appointment_facts"): "computes, reads nothing",
    ("clinicweb/accounts/queries.py", "find_credentials"): "before sign-in there is no viewer",
    ("clinicweb/accounts/queries.py", "find_signed_in"): "it finds the viewer",
    ("clinicweb/accounts/queries.py", "find_registration"): "who registers is no viewer yet",
    ("clinicweb/accounts/queries.py", "find_registration_of"): "who registers is no viewer yet",
    ("clinicweb/accounts/queries.py", "masked"): "computes, reads nothing",
    ("clinicweb/notifications/queries.py", "init_app"): "says what there is, reads nothing",
    ("clinicweb/notifications/queries.py", "sends_texts"): "of the installation, not of a person",
    ("clinicweb/notifications/queries.py", "can_text"): "of the installation, not of a person",
}

# Public functions of actions.py that open no transaction of their own: (file, function) → why.
ACTIONS: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/actions.py", "sign_in"): "counts even when it refuses; then one to enter",
    ("clinicweb/accounts/actions.py", "touch_session"): "a time of day is nobody's record",
    ("clinicweb/audit/actions.py", "record"): "the journal line of another's act",
    ("clinicweb/booking/actions.py", "hour_rules"): "computes, writes nothing",
    ("clinicweb/notifications/actions.py", "count_text"): "counts for another's act",
    ("clinicweb/notifications/actions.py", "enqueue"): "the mail of another's act",
}

# Functions that write without audit: (file, function) → why.
BOOKKEEPING: dict[tuple[str, str], str] = {
    ("clinicweb/accounts/actions.py", "sign_in"): "attempts are counted even when refused",
    ("clinicweb/accounts/actions.py", "touch_session"): "last seen, also on a GET",
    ("clinicweb/accounts/captcha.py", "_count"): "counted even when refused",
    ("clinicweb/accounts/captcha.py", "_use_up"): "nobody's record: an answer counts once",
    ("clinicweb/accounts/captcha.py", "purge"): "answers that are too old to count",
    (
        "clinicweb/accounts/recovery_actions.py",
        "ask_for_help",
    ): "nobody's record: it says nothing yet",
    ("clinicweb/accounts/identity_actions.py", "confirm_by_password"): "counted even when refused",
    ("clinicweb/accounts/recovery_actions.py", "change_password"): "counted even when refused",
    ("clinicweb/accounts/recovery_actions.py", "purge_links"): "links that ended long ago",
    (
        "clinicweb/accounts/registration_actions.py",
        "_write",
    ): "nobody's record: it says nothing yet",
    ("clinicweb/accounts/registration_actions.py", "ask_again"): "asks the worker for a mail",
    ("clinicweb/accounts/registration_actions.py", "purge"): "registrations that nobody finished",
    ("clinicweb/accounts/registration_actions.py", "register"): "counted even when refused",
    ("clinicweb/accounts/registration_actions.py", "send_code"): "asks the worker for a mail",
    ("clinicweb/core/db.py", "bookkeeping"): "is the door itself",
    ("clinicweb/core/db.py", "noting"): "is the door for times, open on a GET too",
    ("clinicweb/core/db.py", "transaction"): "is the other door",
    ("clinicweb/notifications/sender.py", "_claim_next"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_note_sent"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_release"): "state of a mail",
    ("clinicweb/notifications/sender.py", "_hold_back"): "state of a mail",
    ("clinicweb/web/flow_views.py", "_forget"): "drafts are nobody's record yet",
    ("clinicweb/web/flow_views.py", "_write"): "drafts are nobody's record yet",
    ("clinicweb/worker.py", "_purge"): "expired drafts and counters",
}

# Files of a slice, beyond its public ones, that slices above it import: (slice, file) → why.
IMPORTS: dict[tuple[str, str], str] = {
    ("clinic", "models"): "sites, services and people are what the other slices join",
}
