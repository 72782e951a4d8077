"""Reminders of appointments, and the answers by their links."""
