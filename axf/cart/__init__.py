"""The cart: a wish, kept on the server; nothing is reserved by it."""
