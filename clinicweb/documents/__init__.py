"""What the clinic wrote for its patients: prescriptions, to be read and printed."""
