"""«Quién vio mis datos»: what the journal says of a person, for that person."""
