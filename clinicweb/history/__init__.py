"""«Mi historial»: all attentions of a person and of whom they may act for, found and printed."""
