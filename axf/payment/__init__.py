"""Payment: attempts to pay, and the providers' signed notices."""
