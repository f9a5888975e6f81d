"""我的, registration, login, logout, avatar, password; and the pictures that shoppers uploaded."""
