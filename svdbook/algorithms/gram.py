"""The SVD through the eigendecomposition of the product of a matrix and its adjoint."""

import numpy as np

from svdbook._scaling import moderate, restore
from svdbook._validation import as_matrix


@np.errstate(all="ignore")
def gram_svd(A):
    """Thin SVD through the eigendecomposition of ``A.conj().T @ A``, which loses half the digits.

    It is here to be compared with. A backward stable method such as `numpy.linalg.svd` computes a singular
    value s_i with a relative error of about eps s_1 / s_i. Forming the product squares that ratio: the error
    is about eps (s_1 / s_i)**2. So every singular value below about 1e-8 s_1 (in single precision, 3e-4 s_1)
    is lost, however accurate the matrix is.

    Parameters
    ----------
    A : (m, n) array_like
        Real or complex matrix; p = min(m, n). If m < n, the smaller product ``A @ A.conj().T`` is taken.

    Returns
    -------
    U : (m, p) ndarray
    s : (p,) ndarray
    Vt : (p, n) ndarray
        Left vectors, singular values and right vectors; signs are not fixed. Eigenvalues of the product that
        are at most (m + n) eps times the largest cannot be told from zero: their s_i is exactly 0. Vectors
        that A does not determine then complete the others to orthonormal ones. On the side of the product
        (Vt, or U if m < n) the vectors are orthonormal to rounding. On the other side the products of vectors
        i and j (i = j too) are those of orthonormal ones up to about eps s_1**2 / (s_i s_j) only.

    Raises
    ------
    ValueError
        If `A` is not a matrix of finite numbers, or a singular value is too large for its dtype.
    numpy.linalg.LinAlgError
        If the iteration of LAPACK does not converge.

    References
    ----------
    L. N. Trefethen and D. Bau, "Numerical Linear Algebra", SIAM, 1997, lecture 31.

    Examples
    --------
    >>> import numpy as np
    >>> from svdbook.algorithms import gram_svd
    >>> U, s, Vt = gram_svd([[3, 0], [4, 5]])
    >>> s.round(6).tolist()
    [6.708204, 2.236068]

    The second singular value of this matrix is 1e-9. Its square does not survive next to 1:

    >>> A = np.array([[1, 1], [1e-9, 0], [0, 1e-9]])
    >>> gram_svd(A)[1].round(12).tolist()
    [1.414213562373, 0.0]
    >>> np.linalg.svd(A)[1].round(12).tolist()
    [1.414213562373, 1e-09]
    """
    A = as_matrix(A)
    m, n = A.shape
    if m < n:
        U, s, Vt = gram_svd(A.conj().T)
        return Vt.conj().T, s, U.conj().T
    A, exponent = moderate(A)
    # A power of two near the largest entry keeps the squares from overflow and underflow, and rounds nothing.
    scale = 2.0 ** (int(np.frexp(abs(A).max(initial=0))[1]) - 1)
    A = A / scale
    eigenvalues, V = np.linalg.eigh(A.conj().T @ A)
    eigenvalues, V = eigenvalues[::-1], V[:, ::-1]
    tolerance = (m + n) * np.finfo(A.dtype).eps * eigenvalues.max(initial=0)
    r = int((eigenvalues > tolerance).sum())
    s = np.zeros_like(eigenvalues)
    s[:r] = np.sqrt(eigenvalues[:r])
    U = np.zeros_like(A)
    U[:, :r] = A @ V[:, :r] / s[:r]
    # A QR factorisation of r columns followed by zeros ends in columns that are orthonormal to the first r.
    U[:, r:] = np.linalg.qr(U)[0][:, r:]
    return U, restore(s * scale, exponent[0], "A", "its largest singular value"), V.conj().T
