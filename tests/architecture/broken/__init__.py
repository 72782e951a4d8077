"""Examples which the rules must reject: each breaks one of them and no other."""
