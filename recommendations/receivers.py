"""What recommendations do when the catalogue announces a change."""
