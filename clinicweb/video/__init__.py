"""Calls: a doctor and a patient see and hear each other; the server never does."""
