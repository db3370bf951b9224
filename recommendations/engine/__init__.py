"""The recommender library of Marquee: arrays in, scores and their exact account out.

A user is a `History`; a fitted `Recommender` turns it into one score per item. Nothing here
knows Django, a database or the network. The command line is `python -m recommendations.engine`.
"""
