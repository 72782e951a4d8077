"""The demo: an invented clinic, its people, and a mailbox in place of real mail."""
