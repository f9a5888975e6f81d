"""VIP 会员: levels, and the ledger of growth that leads to them."""
