import subprocess
import sys

import pytest

HEAVY = "{'matplotlib', 'seaborn'} & set(sys.modules)"


@pytest.mark.parametrize(
    "module",
    ["recommendations.engine.evaluation.protocols", "recommendations.engine.__main__"],
)
def test_only_who_draws_loads_matplotlib(module):
    program = f"import sys, {module}; sys.exit(1 if {HEAVY} else 0)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
