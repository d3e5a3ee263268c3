"""The data of the course: simulated matrices, and small files with known sources."""

import csv
import importlib.metadata
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch

from svdbook import images
from svdbook._validation import check_choice

_CHECKOUT_DATA = Path(__file__).resolve().parents[1] / "data"
_TIMEOUT_SECONDS = 30

# A new data set is a line here, a line in data/README.md and a short loader below.
_SHA256 = {
    "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
    "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
    "cell.png": "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515",
    "elnino.csv": "b647be00e0fd264be9764e317e6b963f35030014ecca2b21b204521716e463ad",
    "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
    "longley.csv": "0927ec7cc34edb5670920cb2ff1542e46de27a2010746e1662f4276cf3569a24",
    "nci60.npz": "2a6a1a50ffc21ed3d0e10281e6874f2c0fba4bab87c24c1ad1b8e308d39bc9fe",
    "nist_strd.json": "849763b05f2f8f5c834c2dbd6316820124bcb69547ff58140b11fbc083831666",
    "sunspots.csv": "f67889b1d9002cd5227f0e0ef54e35b419cdd85a31279adef6f73fb41e5c0a9b",
}

_IMAGES = ("astronaut", "brick", "camera", "cell", "grass")
_NIST = ("Longley", "Filip", "Wampler1", "Wampler2")


class GeneExpression(NamedTuple):
    """The running example of the book; see `load_gene_expression`."""

    A: np.ndarray
    samples: tuple
    genes: tuple
    programs: tuple
    activations: np.ndarray
    loadings: np.ndarray


class NCI60(NamedTuple):
    """Gene expression of cancer cell lines; see `load_nci60`."""

    X: np.ndarray
    labels: np.ndarray


class Regression(NamedTuple):
    """A linear regression with certified answers; see `load_nist`."""

    A: np.ndarray
    b: np.ndarray
    coefficients: np.ndarray
    standard_deviations: np.ndarray
    rss: float
    names: tuple


def load_gene_expression():
    """
    Make the running example of the book: a simulated gene-expression matrix.

    Three programs of a cell each switch on two genes. A sample runs every program to some
    degree, and what is measured is the sum of the programs plus noise of standard deviation
    0.3: ``A = activations @ loadings + noise``.

    Returns
    -------
    GeneExpression
        A named tuple. `A`, float64 (10, 6), samples x genes, in arbitrary units of expression;
        `samples`, `genes` and `programs`, the names of the 10 samples, 6 genes and 3 programs;
        `activations`, float64 (10, 3), samples x programs; `loadings`, float64 (3, 6),
        programs x genes.

    Notes
    -----
    Simulated for this course with numpy's legacy generator, ``RandomState(42)``.

    Examples
    --------
    >>> expression = load_gene_expression()
    >>> np.linalg.svd(expression.A, compute_uv=False).round(3).tolist()
    [33.405, 21.101, 14.773, 1.159, 0.729, 0.426]
    """
    activations = np.array([
        [3.0, 0.5, 1.0],
        [2.8, 0.3, 1.2],
        [0.2, 3.5, 0.8],
        [0.1, 3.8, 0.5],
        [0.3, 3.2, 0.9],
        [1.5, 1.5, 2.5],
        [1.2, 1.8, 2.8],
        [2.5, 0.2, 0.3],
        [0.5, 0.3, 3.5],
        [0.4, 0.2, 3.2],
    ])  # fmt: skip
    loadings = np.array([
        [4.0, 3.5, 0.5, 0.0, 0.0, 0.0],
        [0.0, 0.0, 2.0, 3.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 2.5, 2.0],
    ])  # fmt: skip
    noise = 0.3 * np.random.RandomState(42).randn(10, 6)
    return GeneExpression(
        A=activations @ loadings + noise,
        samples=tuple(f"S{i}" for i in range(1, 11)),
        genes=("IL6", "TNFa", "MKI67", "PCNA", "GLUT1", "LDHA"),
        programs=("inflammation", "proliferation", "metabolism"),
        activations=activations,
        loadings=loadings,
    )


class ElNino(NamedTuple):
    """Sea-surface temperatures; see `load_elnino`."""

    temperatures: np.ndarray
    years: np.ndarray
    months: tuple


def load_elnino():
    """
    Load the monthly sea-surface temperature off Peru and Ecuador, 1950 to 2010.

    Returns
    -------
    ElNino
        A named tuple. `temperatures`, float64 (61, 12), years x months, in degrees Celsius, the
        mean over the region Nino 1+2 (0 to 10 degrees south, 90 to 80 degrees west); `years`,
        int64 (61,); `months`, the names "Jan" to "Dec".

    Raises
    ------
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    NOAA's reconstruction ERSST.V3B, public domain; ``data/README.md`` names the source.

    Examples
    --------
    >>> elnino = load_elnino()
    >>> elnino.temperatures.shape, elnino.years[[0, -1]].tolist()
    ((61, 12), [1950, 2010])
    >>> centred = elnino.temperatures - elnino.temperatures.mean(axis=0)
    >>> np.linalg.svd(centred, compute_uv=False)[:3].round(1).tolist()
    [24.7, 11.6, 7.2]
    """
    path = _data_file("elnino.csv")
    header = path.read_text(encoding="ascii").partition("\n")[0]
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    return ElNino(
        temperatures=table[:, 1:],
        years=table[:, 0].astype(np.int64),
        months=tuple(name.strip('"\r').capitalize() for name in header.split(",")[1:]),
    )


class Sunspots(NamedTuple):
    """Yearly sunspot numbers; see `load_sunspots`."""

    years: np.ndarray
    numbers: np.ndarray


def load_sunspots():
    """
    Load the yearly sunspot number, 1700 to 2008.

    Returns
    -------
    Sunspots
        A named tuple. `years`, int64 (309,); `numbers`, float64 (309,), the mean over the year of
        the daily sunspot number (10 for each group of spots plus 1 for each spot, scaled by a
        factor of the observer).

    Raises
    ------
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    NOAA's National Geophysical Data Center, public domain; ``data/README.md`` names the source.

    Examples
    --------
    >>> years, numbers = load_sunspots()
    >>> int(years[numbers.argmax()]), float(numbers.max())
    (1957, 190.2)
    """
    table = np.loadtxt(_data_file("sunspots.csv"), delimiter=",", skiprows=1)
    return Sunspots(years=table[:, 0].astype(np.int64), numbers=table[:, 1])


def load_image(name):
    """
    Load one of the course's pictures.

    Parameters
    ----------
    name : {"astronaut", "brick", "camera", "cell", "grass"}

    Returns
    -------
    numpy.ndarray, uint8
        0 is black, 255 white. Shape (512, 512) grey for camera, brick and grass, (660, 550)
        grey for cell, (512, 512, 3), red, green, blue, for astronaut.

    Raises
    ------
    ValueError
        If there is no picture of that name.
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    All are public domain or CC0; ``data/README.md`` names their sources.

    Examples
    --------
    >>> load_image("camera").shape
    (512, 512)
    """
    check_choice(name, _IMAGES, "name")
    return images.load(_data_file(f"{name}.png"))


def load_microscopy():
    """
    Make a synthetic microscopy image: cells as discs on an uneven background, with noise.

    Returns
    -------
    numpy.ndarray, float64, shape (200, 200)
        Brightness from 0 to 1. 15 discs with radii of 10 to 29 pixels and brightness 0.5 to 1,
        a later one covering earlier ones; a background that rises from 0 at the left to 0.2 at
        the right; noise of standard deviation 0.05; clipped to 0..1.

    Notes
    -----
    Simulated for this course with numpy's legacy generator, ``RandomState(0)``.

    Examples
    --------
    >>> s = np.linalg.svd(load_microscopy(), compute_uv=False)
    >>> energy = np.cumsum(s**2) / np.sum(s**2)
    >>> [int(np.argmax(energy >= share)) + 1 for share in (0.90, 0.95, 0.99)]
    [5, 9, 45]
    """
    random = np.random.RandomState(0)
    y, x = np.mgrid[:200, :200]
    image = np.zeros((200, 200))
    for _ in range(15):
        centre_x, centre_y = random.randint(20, 180, 2)
        radius = random.randint(10, 30)
        inside = (x - centre_x) ** 2 + (y - centre_y) ** 2 < radius**2
        image[inside] = random.uniform(0.5, 1)
    image += 0.2 * x / 200 + 0.05 * random.randn(200, 200)
    return np.clip(image, 0, 1)


def load_nci60():
    """
    Load the expression of 6830 genes in 64 samples of cancer cell lines (NCI60).

    Returns
    -------
    NCI60
        A named tuple. `X`, float64 (64, 6830), samples x genes, log ratios of expression to a
        reference pool of cell lines; `labels`, str (64,), the type of cancer, in capitals. The four
        labels that end in "-repro" are repeated measurements of two lines, K562 (leukemia) and MCF7
        (breast). The file names neither genes nor cell lines.

    Raises
    ------
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    Measured with two-colour microarrays by D. T. Ross et al., "Systematic variation in gene expression
    patterns in human cancer cell lines", Nature Genetics 24 (2000) 227-235; taken from the package
    ISLP 0.6.0. The columns are not centred.

    Examples
    --------
    >>> X, labels = load_nci60()
    >>> X.shape
    (64, 6830)
    >>> np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[:3].round(1).tolist()
    [199.7, 149.1, 132.8]
    """
    with np.load(_data_file("nci60.npz"), allow_pickle=False) as file:
        return NCI60(X=file["X"].astype(float), labels=file["label"])


def load_nist(name):
    """
    Load a linear regression whose answers NIST has certified.

    Parameters
    ----------
    name : {"Longley", "Filip", "Wampler1", "Wampler2"}
        Longley: employment in the USA, 1947 to 1962, by an intercept and six economic series.
        Filip: a polynomial of degree 10 through 82 measured points. Wampler1 and Wampler2:
        polynomials of degree 5 at x = 0, 1, ..., 20 without any error.

    Returns
    -------
    Regression
        A named tuple. `A`, float64 (m, n), the regressors in columns, (16, 7), (82, 11), (21, 6)
        and (21, 6); of a polynomial, the powers x^0, x^1, ... rounded to float64. `b`, float64
        (m,), the response. `coefficients` and their `standard_deviations`, float64 (n,), the
        least squares solution and its uncertainty, certified to 15 digits. `rss`, the certified
        residual sum of squares. `names`, of the n columns.

    Raises
    ------
    ValueError
        If there is no data set of that name.
    OSError
        If a file is neither beside the package nor can be downloaded.

    Notes
    -----
    NIST Statistical Reference Datasets, public domain; ``data/README.md`` has the address.

    Examples
    --------
    >>> filip = load_nist("Filip")
    >>> filip.A.shape, filip.names[:3]
    ((82, 11), ('1', 'x', 'x^2'))
    """
    check_choice(name, _NIST, "name")
    certified = json.loads(_data_file("nist_strd.json").read_text(encoding="utf-8"))[name]
    n = len(certified["coefficients"])
    if name == "Longley":
        with _data_file("longley.csv").open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        # The number of the observation, the response, the regressors.
        table = np.array(rows, dtype=np.float64)
        A = np.column_stack([np.ones(len(table)), table[:, 2:]])
        b = table[:, 1]
        names = ("1", *header[2:])
    else:
        A = np.vander(certified["x"], n, increasing=True)
        b = np.array(certified["y"])
        names = ("1", "x", *(f"x^{power}" for power in range(2, n)))
    return Regression(
        A=A,
        b=b,
        coefficients=np.array(certified["coefficients"]),
        standard_deviations=np.array(certified["standard_deviations"]),
        rss=certified["rss"],
        names=names,
    )


def _data_file(name):
    """
    Return the path of a data file: the clone's own, or one fetched from the published book.

    Parameters
    ----------
    name : str
        A key of the table of checksums, with forward slashes.

    Raises
    ------
    ValueError
        If the table has no such file.
    OSError
        If the book's address is not known, the download fails, or its checksum is wrong.
    """
    check_choice(name, _SHA256, "name")
    in_checkout = _CHECKOUT_DATA / name
    if in_checkout.is_file():
        return in_checkout
    address = _book_address()
    if address is None:
        raise OSError(
            f"{name} is not in {_CHECKOUT_DATA}, and the package does not know the address of "
            "the published book to fetch it from: work in a clone of the book's repository"
        )
    url = f"{address}/data/{name}"
    try:
        path = pooch.retrieve(
            url,
            known_hash=f"sha256:{_SHA256[name]}",
            fname=name,
            path=pooch.os_cache("svdbook"),
            downloader=pooch.HTTPDownloader(progressbar=True, timeout=_TIMEOUT_SECONDS),
        )
    # pooch raises ValueError for a wrong checksum; the errors of requests are OSErrors, and may hold a password.
    except (OSError, ValueError) as error:
        raise OSError(
            f"{name} could not be fetched from {images._for_message(url)}: {images._for_message(error)}"
        ) from None
    return Path(path)


def _book_address():
    """Return the Homepage of the package's metadata without a final slash, or None."""
    try:
        project_urls = importlib.metadata.metadata("svdbook").get_all("Project-URL", [])
    except importlib.metadata.PackageNotFoundError:
        return None
    for project_url in project_urls:
        label, _, address = project_url.partition(",")
        if label.strip().lower() == "homepage":
            return address.strip().rstrip("/")
    return None
