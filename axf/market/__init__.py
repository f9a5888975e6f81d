"""The catalogue and its pages: food types, goods, stock."""
