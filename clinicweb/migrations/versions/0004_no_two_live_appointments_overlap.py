"""No two live appointments of one practitioner, or of one patient, overlap.

A slot's own unique index does not stop overlaps of different slots; this does.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LIVE = "status IN ('booked', 'arrived', 'checked-in')"
OWNERS = ("practitioner", "patient")
EVENTS = {"insert": "INSERT", "update": "UPDATE OF starts_at, ends_at, status, {owner}_id"}

TRIGGER = """
CREATE TRIGGER appointment_{owner}_overlap_{event}
BEFORE {when} ON appointment
WHEN NEW.{live}
BEGIN
    SELECT RAISE(ABORT, 'ex_appointment_{owner}_overlap')
    WHERE EXISTS (
        SELECT 1 FROM appointment AS other
        WHERE other.{owner}_id = NEW.{owner}_id
          AND other.id IS NOT NEW.id
          AND other.{live}
          AND other.starts_at < NEW.ends_at
          AND other.ends_at > NEW.starts_at
    );
END
"""

EXCLUDE = """
ALTER TABLE appointment ADD CONSTRAINT ex_appointment_{owner}_overlap
EXCLUDE USING gist ({owner}_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
WHERE ({live})
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for owner in OWNERS:
            op.execute(EXCLUDE.format(owner=owner, live=LIVE))
        return
    for owner in OWNERS:
        for event, when in EVENTS.items():
            told = when.format(owner=owner)
            op.execute(TRIGGER.format(owner=owner, event=event, when=told, live=LIVE))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for owner in OWNERS:
            op.execute(f"ALTER TABLE appointment DROP CONSTRAINT ex_appointment_{owner}_overlap")
        return
    for owner in OWNERS:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER appointment_{owner}_overlap_{event}")
