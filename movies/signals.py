"""What the catalogue tells those above it."""

from django.dispatch import Signal

# Sent inside the transaction, with user_id: somebody rated, listed or dismissed a movie.
profile_changed = Signal()

# Sent inside the transaction: curators changed what may be shown.
curation_changed = Signal()
