"""What turns scores into a list. Nothing here alters a score: lists are filtered and reordered."""

from recommendations.engine.ranking.top import top_k

__all__ = ["top_k"]
