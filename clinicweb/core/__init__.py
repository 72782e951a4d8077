"""Building blocks without HTTP and without slices."""
