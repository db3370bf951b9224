"""What content says of item factors: a map learned on rated items, for items nobody has rated.

Gantner, Drumond, Freudenthaler, Rendle and Schmidt-Thieme, "Learning attribute-to-feature mappings
for cold-start recommendations", ICDM 2010, with both steps in closed form.

First taste: with X the weighed ratings, V its first right singular vectors, U = XV and Ω the
weights of users, ridge regression of what was liked, Y ≈ 1bᵀ + U W. Then content: with F the
terms of the rated items, [b W]ᵀ ≈ F M by ridge regression too, solved on the items' side,
M = Fᵀ(FFᵀ + λI)⁻¹[b W]ᵀ. An item with terms f scores fM·[1, Σ_i w(r_i) V_i]: an exact sum over
the history, whether or not anybody has rated it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from recommendations.engine.arrays import CsrMatrix, Float32Array, FloatArray, IndexArray
from recommendations.engine.learners import extmath

_SVD_ROUNDS = 4
_NO_DEVIATION = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class TasteFactors:
    """Item factors learned from ratings alone.

    `inputs` (V, shape (n_items, factors)) turn a history into a person's vector, `outputs`
    ([b W]ᵀ, shape (n_items, 1 + factors)) turn it into scores. `shrinkage`, shape (factors,), is
    by how much the ridge made outputs smaller than inputs.
    """

    inputs: Float32Array
    outputs: Float32Array
    shrinkage: FloatArray


def learn_taste(
    inputs: CsrMatrix,
    targets: CsrMatrix,
    *,
    user_weights: FloatArray,
    factors: int,
    ridge: float,
    seed: int,
) -> TasteFactors:
    """Return the factors of the items of `inputs` and `targets`, both (n_users, n_items)."""
    n_factors = min(factors, *inputs.shape)
    _, _, rows = extmath.randomized_svd(inputs, n_factors, n_iter=_SVD_ROUNDS, random_state=seed)
    vectors = np.asarray(rows.T, dtype=np.float32)
    people = np.ones((inputs.shape[0], 1 + n_factors), dtype=np.float64)
    people[:, 1:] = inputs @ vectors
    weighted = people * user_weights[:, np.newaxis]
    gram = people.T @ weighted
    strength = np.diag(gram)[1:].copy()
    gram[np.arange(1, 1 + n_factors), np.arange(1, 1 + n_factors)] += ridge
    outputs = linalg.solve(gram, np.asarray(targets.T @ weighted).T, assume_a="pos").T
    return TasteFactors(
        inputs=vectors,
        outputs=outputs.astype(np.float32),
        shrinkage=strength / (strength + ridge),
    )


def learn_map(features: CsrMatrix, outputs: Float32Array, *, ridge: float) -> Float32Array:
    """Return M, shape (n_terms, 1 + factors), from the features and outputs of rated items."""
    kernel = (features @ features.T).toarray().astype(np.float32)
    kernel[np.diag_indices_from(kernel)] += np.float32(ridge)
    weights = linalg.solve(kernel, outputs, assume_a="pos", overwrite_a=True)
    return np.asarray(features.T @ weights, dtype=np.float32)


def popularity_scale(item_factors: Float32Array) -> np.float32:
    """Return what puts the popularity that content foretells at deviation one."""
    deviation = float(np.std(item_factors[:, 0], dtype=np.float64))
    return np.float32(1.0 / deviation if deviation > _NO_DEVIATION else 1.0)


def entry_factors(
    item_factors: Float32Array, taste: TasteFactors, *, rated: IndexArray
) -> Float32Array:
    """Return what each item of a history adds to the person's vector, (n_items, factors).

    Rated items have their own input factors. For the others the output factors that content
    foretells are stretched back to inputs.
    """
    stretched = item_factors[:, 1:] / np.maximum(taste.shrinkage, 1e-6)
    entries = stretched.astype(np.float32)
    entries[rated] = taste.inputs
    return entries
