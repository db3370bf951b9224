"""What turns scores into a list."""

from recommendations.engine.ranking.top import top_k

__all__ = ["top_k"]
