"""Reviews 评价: what shoppers say of what came."""
