"""The data of the course: simulated matrices, and small files with known sources."""

import ast
import csv
import gzip
import hashlib
import importlib.metadata
import json
import re
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch

from svdbook import images
from svdbook._validation import as_count, check_choice

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
    "kjv_parallels.tsv": "de540ff4cc7f24dab1b1d148185b17e45553a5cddf9661af81b4542e719aeefa",
    "kjv_verses.txt.gz": "db215f1e32db82a8f6b38f934a65bb9052d1f36686717d459f5aa8c2460349df",
    "longley.csv": "0927ec7cc34edb5670920cb2ff1542e46de27a2010746e1662f4276cf3569a24",
    "movielens/ratings.npz": "510c07bf803cfdbf0a0698b3145eff3d587c198133ad1d7094c4aa53aeba0557",
    "magika_weights.npz": "537436518297a51a97892fbcce6df7ad6af5aa8f10b0e62254811603ef4fd3ee",
    "nci60.npz": "2a6a1a50ffc21ed3d0e10281e6874f2c0fba4bab87c24c1ad1b8e308d39bc9fe",
    "nist_strd.json": "849763b05f2f8f5c834c2dbd6316820124bcb69547ff58140b11fbc083831666",
    "sunspots.csv": "f67889b1d9002cd5227f0e0ef54e35b419cdd85a31279adef6f73fb41e5c0a9b",
}

_IMAGES = ("astronaut", "brick", "camera", "cell", "grass")
_NIST = ("Longley", "Filip", "Wampler1", "Wampler2")

# Packages that requirements.txt pins and that ship files of many types, the same on every machine.
_PACKAGES = (
    "accessible-pygments",
    "docutils",
    "joblib",
    "jsonschema-specifications",
    "jupyterlab",
    "matplotlib",
    "mdit-py-plugins",
    "numpy",
    "pooch",
    "pydata-sphinx-theme",
    "scikit-learn",
    "scipy",
    "sphinx",
)
_TYPE_OF_EXTENSION = {
    ".bz2": "bzip", ".c": "c", ".cpp": "cpp", ".css": "css", ".csv": "csv", ".f": "fortran", ".f90": "fortran",
    ".gz": "gzip", ".js": "javascript", ".json": "json", ".md": "markdown", ".npy": "npy",
    ".npz": "npz", ".pdf": "pdf", ".pkl": "pickle", ".png": "png", ".po": "po", ".py": "python", ".rst": "rst",
    ".scss": "scss", ".svg": "svg", ".toml": "toml", ".ttf": "ttf", ".wav": "wav", ".woff": "woff", ".woff2": "woff2",
    ".xz": "xz", ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip
_LICENCES = ("COPYING", "LICENCE", "LICENSE")
_FIRST_BYTES = {
    "bzip": b"BZh", "gzip": b"\x1f\x8b", "npy": b"\x93NUMPY", "npz": b"PK\x03\x04", "pdf": b"%PDF-", "pickle": b"\x80",
    "png": b"\x89PNG", "ttf": b"\x00\x01\x00\x00", "wav": b"RIFF", "woff": b"wOFF", "woff2": b"wOF2",
    "xz": b"\xfd7zXZ",
}  # fmt: skip


class GeneExpression(NamedTuple):
    """The running example of the book; see `load_gene_expression`."""

    A: np.ndarray
    samples: tuple
    genes: tuple
    programs: tuple
    activations: np.ndarray
    loadings: np.ndarray


class MovieLens(NamedTuple):
    """Ratings of films; see `load_movielens`."""

    users: np.ndarray
    films: np.ndarray
    ratings: np.ndarray
    titles: np.ndarray


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


class Bible(NamedTuple):
    """The chapters of the King James Bible; see `load_bible`."""

    texts: list
    names: np.ndarray
    books: np.ndarray
    parallels: np.ndarray


def load_bible():
    """
    Load the 1189 chapters of the King James Bible, and which of them are known to be parallel.

    Returns
    -------
    Bible
        A named tuple. `texts`, the 1189 chapters, str; `names`, str (1189,), such as "Mat 27"; `books`, str
        (1189,), their 66 books, in the order of the Bible. `parallels`, int (110, 2), pairs of positions i < j: two
        chapters are parallel if the passages that they share, by a list written down for this course, fill at least
        a quarter of the verses of each.

    Raises
    ------
    OSError
        If a file is neither beside the package nor can be downloaded.

    Notes
    -----
    The text is that of the Debian package bible-kjv-text, copyright expired; ``data/README.md`` has the sources. The
    list, ``data/kjv_parallels.tsv``, was written before anything was computed from the text.

    Examples
    --------
    >>> bible = load_bible()
    >>> i, j = bible.parallels[1].tolist()
    >>> bible.names[[i, j]].tolist(), bible.texts[j][:30]
    (['Exo 20', 'Deu 5'], 'And Moses called all Israel, a')
    """
    chapters = defaultdict(list)
    with gzip.open(_data_file("kjv_verses.txt.gz"), "rt", encoding="ascii") as file:
        for line in file:
            place, _, verse = line.rstrip("\n").partition(" ")
            chapters[_place(place)[:2]].append(verse)
    positions = {chapter: i for i, chapter in enumerate(chapters)}
    shared = defaultdict(Counter)
    for line in _data_file("kjv_parallels.tsv").read_text(encoding="ascii").splitlines():
        if not line.startswith("#"):
            for one, other in combinations(map(_place, line.split("\t")), 2):
                for (book, number, first, last), partner in ((one, other), (other, one)):
                    for verse in range(first, last + 1):
                        shared[positions[book, number], positions[partner[:2]]][verse] = 1
    lengths = [len(verses) for verses in chapters.values()]
    parallels = [
        (i, j)
        for i, j in shared
        if i < j and 4 * len(shared[i, j]) >= lengths[i] and 4 * len(shared[j, i]) >= lengths[j]
    ]
    return Bible(
        texts=[" ".join(verses) for verses in chapters.values()],
        names=np.array([f"{book} {number}" for book, number in chapters]),
        books=np.array([book for book, _ in chapters]),
        parallels=np.array(sorted(parallels)),
    )


def _place(text):
    """Book, chapter, first and last verse of a place such as 1Sm31:1-13."""
    book, chapter, first, last = re.fullmatch(r"(\d?[A-Za-z]+)(\d+):(\d+)(?:-(\d+))?", text).groups()
    return book, int(chapter), int(first), int(last or first)


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


def load_movielens(least_ratings=1):
    """
    Load ratings of films by users of MovieLens, 1995 to 2016.

    Parameters
    ----------
    least_ratings : int
        Leave out films with fewer ratings than that.

    Returns
    -------
    MovieLens
        A named tuple. `users`, int64 (N,), the number of the user, 1 to 671, of each rating; `films`, int64 (N,), the place
        of the film in `titles`; `ratings`, float64 (N,), 0.5 to 5 stars in steps of a half; `titles`, str (n,), of the
        films that are not left out, without their years. Two films may have one title. N is 100,004 and n 9066 if no film is
        left out, 43,083 and 453 with at least 50 ratings a film.

    Raises
    ------
    ValueError
        If `least_ratings` is no integer from 1 to 341, the most that a film has.
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    F. M. Harper and J. A. Konstan, "The MovieLens datasets: history and context", ACM Transactions on Interactive Intelligent
    Systems 5 (2015) 19; the set ml-latest-small of October 2016. It comes with terms of its own,
    ``data/movielens/LICENSE.txt``: for research, not for commercial use, and to be passed on with these terms.

    Examples
    --------
    >>> users, films, ratings, titles = load_movielens(least_ratings=50)
    >>> len(ratings), len(np.unique(users)), len(titles)
    (43083, 670, 453)
    >>> str(titles[np.bincount(films).argmax()])
    'Forrest Gump'
    """
    with np.load(_data_file("movielens/ratings.npz"), allow_pickle=False) as file:
        order = np.argsort(file["movieId"])
        films = np.searchsorted(file["movieId"][order], file["movie"])
        titles = file["title"][order]
        users, ratings = file["user"].astype(np.int64), file["rating"].astype(float)
    counts = np.bincount(films, minlength=len(titles))
    kept = counts >= as_count(least_ratings, int(counts.max()), "least_ratings", lower=1)
    of_kept = kept[films]
    # The places of the films that are kept, counted anew.
    place = np.cumsum(kept) - 1
    return MovieLens(users[of_kept], place[films[of_kept]], ratings[of_kept], titles[kept])


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


class Magika(NamedTuple):
    """The trained numbers of a network that tells types of files; see `load_magika`."""

    embed: np.ndarray
    embed_b: np.ndarray
    ln0_g: np.ndarray
    ln0_b: np.ndarray
    conv: np.ndarray
    conv_b: np.ndarray
    ln1_g: np.ndarray
    ln1_b: np.ndarray
    out: np.ndarray
    out_b: np.ndarray
    labels: np.ndarray


def load_magika():
    """
    Load the trained numbers of Magika, Google's classifier of file types, model standard_v3_3.

    Returns
    -------
    Magika
        A named tuple of float32 arrays: the embedding of bytes, `embed` (257, 64) and `embed_b` (64,); a layer norm
        over positions, `ln0_g` and `ln0_b` (512,); a convolution, `conv` (512, 256, 5), output x input x tap, and
        `conv_b` (512,); a layer norm over channels, `ln1_g` and `ln1_b` (512,); the last layer, `out` (512, 214) and
        `out_b` (214,). `labels`, str (214,), names the types. `svdbook.networks.FileTypeNetwork` computes with them.

    Raises
    ------
    OSError
        If the file is neither beside the package nor can be downloaded.

    Notes
    -----
    Apache-2.0, from the package magika 1.0.3; ``data/README.md`` names the source.

    Examples
    --------
    >>> magika = load_magika()
    >>> sum(numbers.size for numbers in magika[:-1])
    784214
    """
    with np.load(_data_file("magika_weights.npz"), allow_pickle=False) as file:
        return Magika(**{name: file[name] for name in Magika._fields})


class FileSamples(NamedTuple):
    """Files of known types; see `load_file_samples`."""

    tokens: np.ndarray
    labels: np.ndarray
    paths: tuple


def load_file_samples(per_type=8):
    """
    Collect files of 27 types from the packages that the book is built with.

    A file's type is that of its extension, and it is taken only if its content agrees: its first bytes where the type
    prescribes them; Python, JSON, TOML and SVG must parse; PO must hold messages; all other text must be UTF-8. Licences,
    which are plain text whatever their extension, files below 200 bytes, and files that begin and end as one that is
    already there are left out.

    Parameters
    ----------
    per_type : int
        How many files of each type at most, 1 or more. They are chosen by the SHA-256 of their paths, which has
        nothing to do with what they hold; a larger number adds files to those of a smaller one.

    Returns
    -------
    FileSamples
        A named tuple. `tokens`, uint16 (q, 2048), what `file_tokens` makes of each file; `labels`, str (q,), sorted;
        `paths`, where pip has put the files.

    Raises
    ------
    ValueError
        If `per_type` is not such a number.
    OSError
        If one of the packages is not installed, or its list of files is missing.

    Notes
    -----
    The files are those of the versions in requirements.txt. With other versions some files differ, and with them
    what a network makes of them.

    Examples
    --------
    >>> samples = load_file_samples(per_type=1)
    >>> samples.tokens.shape, samples.labels[:3].tolist()
    ((27, 2048), ['bzip', 'c', 'cpp'])
    """
    per_type = as_count(per_type, np.inf, "per_type", lower=1)
    candidates = {label: [] for label in sorted(set(_TYPE_OF_EXTENSION.values()))}
    for package in _PACKAGES:
        try:
            files = importlib.metadata.files(package)
        except importlib.metadata.PackageNotFoundError:
            files = None
        if files is None:
            raise OSError(f"the files of the package {package} are not to be found; install requirements.txt with pip")
        for file in files:
            # What lies outside the package, or beside it, is made on the reader's machine.
            outside = ".." in file.parts or file.parts[0].endswith((".dist-info", ".data"))
            if file.suffix in _TYPE_OF_EXTENSION and not outside and file.stem.upper() not in _LICENCES:
                order = hashlib.sha256(file.as_posix().encode()).hexdigest()
                candidates[_TYPE_OF_EXTENSION[file.suffix]].append((order, file.as_posix(), file.locate()))
    tokens, labels, paths, seen = [], [], [], set()
    for label, files in candidates.items():
        for _, path, place in sorted(files):
            if labels.count(label) == per_type:
                break
            content = Path(place).read_bytes()
            of_file = file_tokens(content)
            if len(content) >= 200 and of_file.tobytes() not in seen and _is_of_type(content, label):
                seen.add(of_file.tobytes())
                tokens.append(of_file)
                labels.append(label)
                paths.append(path)
    return FileSamples(np.array(tokens), np.array(labels), tuple(paths))


def _is_of_type(content, label):
    if label in _FIRST_BYTES:
        return content.startswith(_FIRST_BYTES[label]) and (label != "wav" or content[8:12] == b"WAVE")
    parse = {"python": ast.parse, "json": json.loads, "toml": tomllib.loads, "svg": ET.fromstring}.get(label)
    try:
        text = content.decode("utf-8")
        if parse:
            parse(text)
    # SyntaxError is what ast.parse raises, and the others derive from ValueError.
    except (ValueError, SyntaxError):
        return False
    return label != "po" or ("msgid" in text and "msgstr" in text)


def file_tokens(content):
    """
    Cut from a file what Magika looks at: its first and its last 1024 bytes.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    (2048,) ndarray, uint16
        The first 1024 bytes after white space at the beginning, then the last 1024 before white space at the end, the
        latter at the right margin. 256 fills up where a file is shorter.

    Examples
    --------
    >>> file_tokens(b"\\n\\nab")[[0, 1, 2, -3, -2, -1]].tolist()
    [97, 98, 256, 10, 97, 98]
    """
    first, last = content.lstrip()[:1024], content.rstrip()[-1024:]
    tokens = np.full(2048, 256, dtype=np.uint16)
    tokens[: len(first)] = np.frombuffer(first, np.uint8)
    tokens[2048 - len(last) :] = np.frombuffer(last, np.uint8)
    return tokens


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
