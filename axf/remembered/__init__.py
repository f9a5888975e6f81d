"""What the shop remembers for a shopper: the goods they keep 收藏, and those they looked at 足迹."""
