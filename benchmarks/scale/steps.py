"""What is measured at each size. A step returns its figures; its process is measured outside."""

from collections.abc import Callable
from typing import Any

from benchmarks.scale import site
from benchmarks.scale.sizes import Size

Step = Callable[[Size], dict[str, Any]]

STEPS: dict[str, Step] = {
    "simulate": site.simulate,
    "csv": site.write_csv,
    "import": site.import_csv,
    "clean": site.remove_import,
    "train": site.train,
    "increment": site.increment,
    "batch": site.batch_lists,
    "demand": site.lists_on_demand,
    "search": site.search,
    "web": site.web,
}
