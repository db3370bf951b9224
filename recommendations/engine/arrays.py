"""Names for the array types the engine passes around."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
AnyArray = NDArray[np.generic]
CsrMatrix = sparse.csr_array[np.float32, tuple[int, int]]
