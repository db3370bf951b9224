"""What a fitted factor model leaves unexplained of the ratings it was fitted on."""

import numpy as np

from recommendations.engine.arrays import CsrMatrix, Float32Array
from recommendations.engine.models.bayesian_factors import FactorFit
from recommendations.engine.models.residual_neighbours import left_out_factors
from recommendations.engine.models.symmetric import unpack
from recommendations.engine.threads import map_blocks

_USERS = 256


def left_out_errors(fit: FactorFit, stars: CsrMatrix) -> Float32Array:
    """Return the error at each rating had it not pulled its user's vector, as `stars.data`.

    The pull on the item's vector is left in: correcting for it changed nothing.
    """
    errors = np.empty(stars.nnz, dtype=np.float32)
    features, effects = fit.items.features(), fit.items.means[:, 0]
    precisions = fit.user_weights / fit.noise

    def fill(users: slice) -> None:
        spreads = unpack(fit.users.covariances[users])
        for user in range(users.start, users.stop):
            span = slice(stars.indptr[user], stars.indptr[user + 1])
            items = stars.indices[span]
            seen = features[items]
            spread = spreads[user - users.start] * precisions[user]
            rest = stars.data[span] - fit.mean - effects[items] - seen @ fit.users.means[user]
            leverages = fit.item_weights[items] * np.sum((seen @ spread) * seen, axis=1)
            errors[span] = rest * left_out_factors(leverages)

    map_blocks(fill, stars.shape[0], block=_USERS)
    return errors
