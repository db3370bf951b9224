"""Where a first catalogue can come from."""
