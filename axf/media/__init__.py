"""Uploads as a whole: moved between folder and store, and swept."""
