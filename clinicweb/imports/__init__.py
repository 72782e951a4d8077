"""A clinic's records read from CSV files and FHIR bundles: checked whole, imported whole."""
