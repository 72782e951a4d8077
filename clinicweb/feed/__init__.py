"""A calendar address of one's own, that telephones and computers subscribe to."""
