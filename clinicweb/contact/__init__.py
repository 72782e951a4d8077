"""What people write to the clinic itself, and what the clinic answers."""
