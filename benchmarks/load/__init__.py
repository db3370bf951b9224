"""Load tests with Locust: what a server answers in a second, beside the bare-framework view.

    make bench-load [SIZE=1M] [ONLY="home search"]

The web server runs on one core and Locust on the other, so that the server is what is full; the
databases are not bound. Each figure is given in shares of what the same server answers for a view
that reads one Redis key and one row, measured in the same run.
"""
