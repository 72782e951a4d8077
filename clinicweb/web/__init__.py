"""The HTTP kernel: rendering, guards, flows, errors, security headers."""
