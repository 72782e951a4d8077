"""Families: who may act for whom."""
