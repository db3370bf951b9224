"""The engine against the libraries a user would pick instead, on the same splits."""
