"""How good a model is: splits, metrics, protocols and the report."""
