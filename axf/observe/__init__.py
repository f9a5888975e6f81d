"""What an operator sees of the shop: readiness, logs, metrics, and a doctor that looks at how it is set up."""
