"""The clinic as data: its rules, sites, services and people."""
