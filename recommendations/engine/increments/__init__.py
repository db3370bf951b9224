"""Bring a fitted hybrid up to date with what a few people did since, without fitting it anew.

`state` is what the trainer keeps of a fit, `update` makes the increment, `newcomers` takes items
in that came after the fit.
"""
