"""The clinic's guide: what can be done here, how, and under which of the clinic's rules."""
