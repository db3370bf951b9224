"""Django's PostgreSQL backend with an end to waiting; named as ENGINE in the settings."""
