"""Logistics 物流: shipments, riders, couriers and what they tell."""
