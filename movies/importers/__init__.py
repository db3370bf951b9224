"""Reading data sets and merging them into the catalogue."""
