"""Store credit 余额: a ledger of fen, and paying with it."""
