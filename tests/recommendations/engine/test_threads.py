from threadpoolctl import threadpool_info

from recommendations.engine.threads import blas_threads, side_by_side


def blas_limits():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_works_side_by_side_return_in_order_and_keep_to_one_blas_thread():
    def limits_inside(number):
        with blas_threads(2):
            return number, blas_limits()

    before = blas_limits()
    works = [lambda number=number: limits_inside(number) for number in range(5)]
    assert side_by_side(works) == [(number, {1}) for number in range(5)]
    assert blas_limits() == before
