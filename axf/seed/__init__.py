"""Goods for an empty shop: our own catalogue, classic dumps, a demo shopper."""
