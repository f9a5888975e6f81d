"""Attacks the running shop, on this machine only."""
