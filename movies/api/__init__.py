"""The catalogue, and what people do with it, for programs."""
