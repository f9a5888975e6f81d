"""Uploaded pictures: made safe, kept on disk."""
