"""Hours: publishing, choosing, booking and releasing them."""
