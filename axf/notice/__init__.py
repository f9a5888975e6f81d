"""Notices: the outbox, the inbox 站内信, mail and SMS."""
