"""Where, when and for how much the shop delivers: areas of districts, and slots with places."""
