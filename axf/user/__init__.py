"""Shoppers: accounts, login tickets, avatars."""
