"""Points 积分: a ledger of what was earned and spent, and the daily check-in."""
