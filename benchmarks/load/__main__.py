"""Load the site of a size (benchmarks.scale), else MovieLens 1M; print shares of the bare view.

python -m benchmarks.load [--size 1M] [--only home search] [--seconds 15]
"""

import argparse

from benchmarks.page import say
from benchmarks.private_site import load_site, make_visitors, prepare
from benchmarks.scale.site import prepare as prepare_size
from benchmarks.scale.sizes import Size

VISITORS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    if options.size:
        prepare_size(Size.of(options.size).directory / "site")
    else:
        prepare()
        from benchmarks.movielens import data_directory

        load_site(data_directory() / "movielens" / "ml-1m.zip")
    from benchmarks.load.site import kinds_of, measure_bare, measure_site

    kinds = kinds_of(make_visitors(VISITORS), only=options.only)
    bare = measure_bare(seconds=options.seconds)
    found = measure_site(kinds, seconds=options.seconds)
    say("| asked for | a second | of the bare view | p50, p95, p99 ms | processor ms | failed |")
    say("| --- | ---: | ---: | --- | ---: | ---: |")
    for name, figures in {"bare view": bare, **found}.items():
        share = 100 * figures["a_second"] / bare["a_second"]
        say(
            f"| {name} | {figures['a_second']:,.0f} | {share:.0f} % | {figures['p50']:.0f}, "
            f"{figures['p95']:.0f}, {figures['p99']:.0f} | {figures['processor_ms']:.2f} | "
            f"{figures['failures']} |"
        )


if __name__ == "__main__":
    main()
