"""Mail that is written down first and sent later."""
