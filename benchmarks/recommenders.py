"""FunkSVD against a loop over the ratings, SoftImpute against one with a full SVD in each step; one core."""

import numpy as np
from threadpoolctl import threadpool_limits

import svdbook
from benchmarks.measuring import seconds
from svdbook import datasets


def measure():
    users, films, ratings, titles = datasets.load_movielens()
    with threadpool_limits(1):
        print(f"FunkSVD, rank 20, {len(ratings):,} ratings of {len(titles):,} films, seconds for an epoch")
        many, _ = seconds(svdbook.FunkSVD(n_epochs=4, random_state=0).fit, users, films, ratings)
        one, _ = seconds(svdbook.FunkSVD(n_epochs=1, random_state=0).fit, users, films, ratings)
        loop, _ = seconds(epoch_of_a_loop, users - 1, films, ratings, len(titles))
        print(f"  one rating after the other, in Python   {loop:6.2f} s")
        print(f"  svdbook.FunkSVD, by diagonals           {(many - one) / 3:6.2f} s")

        users, films, ratings, titles = datasets.load_movielens(least_ratings=50)
        print(f"SoftImpute, shrinkage 10, {len(np.unique(users))} x {len(titles)}, to a minimum within 0.1 %")
        fast, model = seconds(svdbook.SoftImpute().fit, users, films, ratings)
        table = model.ratings_.tocoo()
        residuals = table.data - model.mean_ - model.user_bias_[table.row] - model.item_bias_[table.col]
        loop, (Z, steps) = seconds(loop_of_soft_impute, table.row, table.col, residuals, table.shape)
        products = (model.user_factors_ @ model.item_factors_.T, Z)
        values = [objective(product, table.row, table.col, residuals) for product in products]
        print(f"  full SVD in each of {steps} steps             {loop:6.2f} s   objective {values[1]:.1f}")
        print(
            f"  svdbook.SoftImpute, {model.n_iter_} steps            {fast:6.2f} s   objective {values[0]:.1f}, with the biases"
        )


def epoch_of_a_loop(users, films, ratings, n):
    rng = np.random.default_rng(0)
    P, Q = 0.1 * rng.standard_normal((users.max() + 1, 20)), 0.1 * rng.standard_normal((n, 20))
    b, c, mean = np.zeros(len(P)), np.zeros(n), ratings.mean()
    for j in rng.permutation(len(ratings)):
        u, i = users[j], films[j]
        p, q = P[u], Q[i]
        error = ratings[j] - mean - b[u] - c[i] - p @ q
        b[u] += 0.02 * (error - 0.1 * b[u])
        c[i] += 0.02 * (error - 0.1 * c[i])
        P[u], Q[i] = p + 0.02 * (error * q - 0.1 * p), q + 0.02 * (error * p - 0.1 * q)


def objective(Z, rows, columns, x):
    return np.sum((x - Z[rows, columns]) ** 2) / 2 + 10 * np.linalg.svd(Z, compute_uv=False).sum()


def loop_of_soft_impute(rows, columns, x, shape):
    Z, before = np.zeros(shape), np.inf
    for step in range(1, 1000):
        filled = Z.copy()
        filled[rows, columns] = x
        U, s, Vt = np.linalg.svd(filled, full_matrices=False)
        Z = U * np.maximum(s - 10, 0) @ Vt
        now = np.sum((x - Z[rows, columns]) ** 2) / 2 + 10 * np.maximum(s - 10, 0).sum()
        if before - now < 1e-4 * now:
            return Z, step
        before = now
    raise RuntimeError("no convergence")
