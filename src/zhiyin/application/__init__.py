"""Stage 3, answering a shopper: from a request to a slate with its reasons and its trace.

``Answers`` holds what is live and answers requests; it knows no model class, only the
compiled form, and no store, only the ports.
"""

from zhiyin.application.recommender import Answers

__all__ = ["Answers"]
