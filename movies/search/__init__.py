"""Finding movies, people and tags by what somebody types."""
