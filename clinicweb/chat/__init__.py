"""Conversations: patients with clinicians, clinicians among themselves."""
