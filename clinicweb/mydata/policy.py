"""Which lines of the journal are of which kind?  Pure: no I/O, no clock."""

READ, CHANGE, ACCOUNT = "lecturas", "cambios", "cuenta"
KINDS = (READ, CHANGE, ACCOUNT)

# What is said before the point of an action about somebody's account, not about their health.
ACCOUNT_WORDS = (
    "account",
    "app",
    "calendar_feed",
    "code",
    "codes",
    "device",
    "email",
    "email_change",
    "factor",
    "invitation",
    "language",
    "passkey",
    "password",
    "phone",
    "phone_change",
    "push",
    "reactivation",
    "recovery",
    "registration",
    "session",
    "sign_in",
    "totp",
)


def kind_of(action: str) -> str:
    if action.endswith(".read"):
        return READ
    return ACCOUNT if action.partition(".")[0] in ACCOUNT_WORDS else CHANGE
