"""Who may come in, and the sessions they have open."""
