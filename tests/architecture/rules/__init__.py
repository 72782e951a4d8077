"""The house rules for source code: text in, complaints out."""
