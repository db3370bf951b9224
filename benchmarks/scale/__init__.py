"""How costs grow with the site: 1, 4, 16 and 32 million ratings, step by step.

    make bench-scale                       # every size, every step: hours
    make bench-scale SIZES=1M STEPS="simulate train"

Each step runs in a process of its own, is measured from outside, and leaves its figures in
var/scale/SIZE/figures/STEP.json; what has figures is not run again. `python -m benchmarks.scale
report` writes table and plot of docs/scale.md from them.
"""
