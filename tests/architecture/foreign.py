"""What slices may look into beyond the public files of others, each with its reason."""

# Files of a slice, beyond its public ones, that slices above it import: (slice, file) → why.
IMPORTS: dict[tuple[str, str], str] = {
    ("accounts", "models"): "whose account it is: what calendars and reminders join",
    ("booking", "models"): "the appointments of which calendars and reminders tell",
    ("accounts", "people"): "the one rule of where somebody's mail goes",
    ("booking", "forms"): "giving an hour back asks the same by the link of a reminder",
    ("booking", "mail"): "the words about an appointment, reminders among them",
    ("booking", "sanctions"): "what giving an hour back costs is told wherever that can be done",
    ("booking", "texts"): "the same",
    ("audit", "models"): "the lines that people read of who saw and changed their data",
    ("chat", "models"): "the conversation that a call belongs to",
    ("chat", "membership"): "who is in the conversation that a call is made from",
    ("chat", "people"): "what those in it are called",
    ("chat", "writing"): "calls leave their lines in the conversation",
    ("notifications", "models"): "whose browsers tell of messages: chat asks for them in its query",
    ("clinic", "models"): "sites, services and people are what the other slices join",
}
