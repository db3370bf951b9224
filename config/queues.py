"""The names of queues and of what workers hold; imports nothing, for it is read before metrics."""

TRAINING_QUEUE = "training"
# Hashes in Redis of the tasks that workers have taken and not acknowledged: kombu's, and our own.
TAKEN, TAKEN_BY_TRAINERS = "unacked", "unacked-training"
