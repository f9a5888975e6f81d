"""Backups: the database first, then the uploads, in a folder of their own with a manifest."""
