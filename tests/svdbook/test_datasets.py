import email.message
import gzip
import hashlib
import importlib.metadata
import pathlib
import re
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mpmath
import numpy as np
import pytest
import scipy.linalg
from PIL import Image

from svdbook import datasets

DATA = pathlib.Path(__file__).parents[2] / "data"


# Simulated data


def test_gene_expression_has_the_published_singular_values():
    s = scipy.linalg.svdvals(datasets.load_gene_expression().A)
    assert s.round(3).tolist() == [33.405, 21.101, 14.773, 1.159, 0.729, 0.426]


def test_gene_expression_is_programs_plus_noise():
    expression = datasets.load_gene_expression()
    assert expression.A.shape == (10, 6) == (len(expression.samples), len(expression.genes))
    assert expression.activations.shape == (10, 3)
    assert expression.loadings.shape == (3, 6)
    assert expression.genes == ("IL6", "TNFa", "MKI67", "PCNA", "GLUT1", "LDHA")
    assert len(expression.programs) == 3
    assert expression.activations[6].tolist() == [1.2, 1.8, 2.8]
    # IL6 in the first sample is 3 * 4; the first number of RandomState(42).randn is 0.4967142.
    assert expression.A[0, 0] == pytest.approx(12 + 0.3 * 0.4967142, abs=1e-7)
    noise = expression.A - expression.activations @ expression.loadings
    assert noise.std() == pytest.approx(0.3, rel=0.2)
    # A program switches on the genes that it is responsible for.
    switched_on = [[g for g, weight in zip(expression.genes, row, strict=True) if weight > 1]
                   for row in expression.loadings]  # fmt: skip
    assert switched_on == [["IL6", "TNFa"], ["MKI67", "PCNA"], ["GLUT1", "LDHA"]]


def test_simulated_data_are_new_at_each_call():
    datasets.load_gene_expression().A[:] = 0
    datasets.load_microscopy()[:] = 0
    assert datasets.load_gene_expression().A[0, 0] > 1
    assert datasets.load_microscopy().max() == 1


def test_microscopy_has_the_published_spectrum():
    image = datasets.load_microscopy()
    assert image.shape == (200, 200)
    assert image.dtype == np.float64
    assert image.min() == 0
    assert image.max() == 1
    s = scipy.linalg.svdvals(image)
    kept = np.cumsum(s**2) / np.sum(s**2)
    assert [np.count_nonzero(kept < share) + 1 for share in (0.90, 0.95, 0.99)] == [5, 9, 45]
    errors = [100 * np.sqrt(1 - kept[k - 1]) for k in (1, 5, 20)]
    assert np.round(errors, 1).tolist() == [60.4, 30.5, 15.2]


def test_microscopy_does_not_touch_numpys_global_generator():
    np.random.seed(5)
    expected = np.random.rand()
    np.random.seed(5)
    datasets.load_microscopy()
    datasets.load_gene_expression()
    assert np.random.rand() == expected


# Files


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("astronaut", (512, 512, 3)),
        ("brick", (512, 512)),
        ("camera", (512, 512)),
        ("cell", (660, 550)),
        ("grass", (512, 512)),
    ],
)
def test_load_image_returns_the_files_pixels(name, shape):
    image = datasets.load_image(name)
    assert image.shape == shape
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, np.asarray(Image.open(DATA / f"{name}.png")))


@pytest.mark.parametrize("name", ["lena", "camera.png", "../README", "", None])
def test_load_image_names_the_pictures_there_are(name):
    with pytest.raises(ValueError, match="name must be one of 'astronaut', 'brick', .* got "):
        datasets.load_image(name)


def test_elnino_is_the_file_and_has_the_published_spectrum():
    elnino = datasets.load_elnino()
    assert elnino.temperatures.shape == (61, 12) == (len(elnino.years), len(elnino.months))
    assert elnino.temperatures.dtype == np.float64
    assert elnino.years.tolist() == list(range(1950, 2011))
    assert elnino.months == ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
    last = (DATA / "elnino.csv").read_text().split()[-1].split(",")
    assert [float(entry) for entry in last] == [2010, *elnino.temperatures[-1]]
    assert 17 < elnino.temperatures.min() < elnino.temperatures.max() < 30
    s = scipy.linalg.svdvals(elnino.temperatures - elnino.temperatures.mean(axis=0))
    assert s[:3].round(1).tolist() == [24.7, 11.6, 7.2]


def test_sunspots_are_the_file():
    years, numbers = datasets.load_sunspots()
    assert years.tolist() == list(range(1700, 2009))
    lines = (DATA / "sunspots.csv").read_text().split()[1:]
    assert [float(line.split(",")[1]) for line in lines] == numbers.tolist()
    assert numbers.min() == 0


def test_the_bible_is_the_file():
    bible = datasets.load_bible()
    assert len(bible.texts) == len(bible.names) == len(bible.books) == 1189 == len(set(bible.names))
    assert len(set(bible.books)) == 66 and bible.names[0] == "Ge 1" and bible.names[-1] == "Rev 22"
    lines = gzip.open(DATA / "kjv_verses.txt.gz", "rt").read().splitlines()
    assert len(lines) == 31102
    assert " ".join(bible.texts) == " ".join(line.split(" ", 1)[1] for line in lines)
    assert bible.texts[list(bible.names).index("Psa 117")] == (
        "O Praise the LORD, all ye nations: praise him, all ye people. For his merciful kindness is great toward us: "
        "and the truth of the LORD endureth for ever. Praise ye the LORD."
    )


def test_parallels_are_chapters_that_share_a_quarter_of_their_verses():
    bible = datasets.load_bible()
    assert bible.parallels.shape == (110, 2) and (bible.parallels[:, 0] < bible.parallels[:, 1]).all()
    pairs = {tuple(bible.names[pair]) for pair in bible.parallels}
    assert len(pairs) == 110
    # By hand: Psalm 40:13-17 is 5 of 17 verses and all of Psalm 70; Mark 1:12-13 is 2 of 45 verses of Mark 1.
    assert ("Psa 40", "Psa 70") in pairs and ("Mat 4", "Mark 1") not in pairs
    assert {("Mat 27", "Mark 15"), ("2Ki 18", "Isa 36"), ("Psa 14", "Psa 53"), ("2Pet 2", "Jude 1")} <= pairs
    lines = gzip.open(DATA / "kjv_verses.txt.gz", "rt").read().splitlines()
    places = {line.split(" ", 1)[0] for line in lines}
    for line in (DATA / "kjv_parallels.tsv").read_text().splitlines():
        if not line.startswith("#"):
            for place in line.split("\t"):
                chapter, _, verses = place.partition(":")
                assert {f"{chapter}:{verse}" for verse in verses.split("-")} <= places, place


def test_load_movielens_returns_the_files_ratings():
    users, films, ratings, titles = datasets.load_movielens()
    with np.load(DATA / "movielens" / "ratings.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(users, file["user"])
        np.testing.assert_array_equal(ratings, file["rating"])
        title_of = dict(zip(file["movieId"].tolist(), file["title"].tolist(), strict=True))
        assert titles[films].tolist() == [title_of[movie] for movie in file["movie"].tolist()]
        assert len(set(zip(users.tolist(), films.tolist(), strict=True))) == 100_004 == len(ratings)
    assert np.unique(ratings).tolist() == [0.5 * step for step in range(1, 11)]
    assert np.unique(users).tolist() == list(range(1, 672))
    assert np.bincount(films).min() == 1 and len(titles) == 9066


def test_load_movielens_leaves_out_films_with_few_ratings():
    whole, often = datasets.load_movielens(), datasets.load_movielens(least_ratings=50)
    counts = np.bincount(whole.films)
    assert often.titles.tolist() == [t for t, count in zip(whole.titles, counts, strict=True) if count >= 50]
    assert np.bincount(often.films).tolist() == counts[counts >= 50].tolist()
    one = whole.films == np.flatnonzero(whole.titles == "Fargo")[0]
    also = often.titles[often.films] == "Fargo"
    assert often.users[also].tolist() == whole.users[one].tolist()
    assert often.ratings[also].tolist() == whole.ratings[one].tolist()


@pytest.mark.parametrize("least_ratings", [0, 342, 2.5, None])
def test_load_movielens_wants_a_count_that_a_film_has(least_ratings):
    with pytest.raises(ValueError, match="least_ratings must be an integer from 1 to 341, got "):
        datasets.load_movielens(least_ratings)


def test_movielens_has_its_terms_beside_it():
    terms = (DATA / "movielens" / "LICENSE.txt").read_text(encoding="utf-8")
    assert "so long as it is distributed\n  under these same license conditions" in terms
    assert "not use this information for any commercial" in terms and "10.1145/2827872" in terms


def test_load_nci60_returns_the_files_numbers():
    X, labels = datasets.load_nci60()
    assert X.shape == (64, 6830)
    assert X.dtype == np.float64
    assert np.isfinite(X).all()
    with np.load(DATA / "nci60.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(X, file["X"])
        np.testing.assert_array_equal(labels, file["label"])


def test_nci60_has_the_published_labels_and_singular_values():
    X, labels = datasets.load_nci60()
    names, counts = np.unique(labels, return_counts=True)
    assert dict(zip(names.tolist(), counts.tolist(), strict=True)) == {
        "BREAST": 7, "CNS": 5, "COLON": 7, "K562A-repro": 1, "K562B-repro": 1, "LEUKEMIA": 6, "MCF7A-repro": 1,
        "MCF7D-repro": 1, "MELANOMA": 8, "NSCLC": 9, "OVARIAN": 6, "PROSTATE": 2, "RENAL": 9, "UNKNOWN": 1,
    }  # fmt: skip
    s = scipy.linalg.svdvals(X - X.mean(axis=0))
    assert s[:3].round(1).tolist() == [199.7, 149.1, 132.8]
    assert round(100 * np.sum(s[:2] ** 2) / np.sum(s**2)) == 23


@pytest.mark.parametrize(
    ("name", "shape"),
    [("Longley", (16, 7)), ("Filip", (82, 11)), ("Wampler1", (21, 6)), ("Wampler2", (21, 6))],
)
def test_certified_coefficients_solve_the_regression_and_leave_the_certified_residual(name, shape):
    data = datasets.load_nist(name)
    assert data.A.shape == shape
    assert {array.dtype for array in data[:4]} == {np.dtype(np.float64)}
    assert len(data.b) == shape[0]
    assert len(data.coefficients) == len(data.standard_deviations) == len(data.names) == shape[1]
    # In 60 digits, because double precision loses most of them on Filip.
    with mpmath.workdps(60):
        A, b = mpmath.matrix(data.A.tolist()), mpmath.matrix(data.b.tolist())
        solution = mpmath.lu_solve(A.T * A, A.T * b)
        residual = b - A * solution
        rss = (residual.T * residual)[0]
        inverse = mpmath.inverse(A.T * A)
        spread = [mpmath.sqrt(rss / (shape[0] - shape[1]) * inverse[i, i]) for i in range(shape[1])]
    # Powers of x that are rounded to double precision leave 7.9 digits of Filip.
    rtol = 2e-8 if name == "Filip" else 1e-13
    np.testing.assert_allclose([float(c) for c in solution], data.coefficients, rtol=rtol)
    np.testing.assert_allclose([float(s) for s in spread], data.standard_deviations, rtol=rtol, atol=1e-8)
    assert float(rss) == pytest.approx(data.rss, rel=rtol, abs=1e-15)


def test_names_of_the_regressors():
    assert datasets.load_nist("Longley").names == ("1", "GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR")
    assert datasets.load_nist("Wampler1").names == ("1", "x", "x^2", "x^3", "x^4", "x^5")
    np.testing.assert_array_equal(datasets.load_nist("Longley").A[:, -1], np.arange(1947, 1963))


def test_wampler_is_the_polynomial_that_it_is_said_to_be():
    x = np.arange(21.0)
    for name, base in (("Wampler1", 1.0), ("Wampler2", 10.0)):
        data = datasets.load_nist(name)
        np.testing.assert_array_equal(data.A, x[:, None] ** np.arange(6))
        np.testing.assert_allclose(data.b, sum((x / base) ** i for i in range(6)), rtol=1e-15)
        np.testing.assert_array_equal(data.coefficients, [float(f"1e-{i}") if base > 1 else 1.0 for i in range(6)])
        assert data.rss == 0


@pytest.mark.parametrize("name", ["longley", "Norris", "", None])
def test_load_nist_names_the_data_sets_there_are(name):
    with pytest.raises(ValueError, match="name must be one of 'Longley', 'Filip', 'Wampler1', 'Wampler2', got "):
        datasets.load_nist(name)


def readme_rows():
    rows = {}
    for line in (DATA / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[0].startswith("`"):
            rows[cells[0].strip("`")] = cells[1:]
    return rows


def test_readme_checksums_and_files_agree():
    files = {
        path.relative_to(DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in DATA.rglob("*")
        if path.is_file() and path.suffix not in (".md", ".txt")
    }
    assert datasets._SHA256 == files
    assert {name: cells[3].strip("`") for name, cells in readme_rows().items()} == files


def test_readme_tells_everything_about_every_file():
    rows = readme_rows()
    assert rows
    for name, cells in rows.items():
        assert all(cells), name
        if name.endswith(".png"):
            with Image.open(DATA / name) as picture:
                width, height = picture.size
            assert f"{height} x {width}" in cells[0], name


def test_readme_can_be_a_page_of_the_book():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Data sources and licences\n")
    # A relative link would lead somewhere else from the page that includes the file.
    assert all(link.startswith("https://") for link in re.findall(r"\]\((.*?)\)", text))


# Download


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Make the package think it is not in a checkout; return its cache folder."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(datasets, "_CHECKOUT_DATA", tmp_path / "nothing")
    cache = tmp_path / "cache"
    monkeypatch.setattr(datasets.pooch, "os_cache", lambda project: cache / project)
    return cache / "svdbook"


@pytest.fixture
def publish(monkeypatch):
    """Return a function that publishes the book on a server which calls it back."""
    servers = []

    def start(respond):
        paths = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                paths.append(self.path)
                respond(self)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/book"
        monkeypatch.setattr(datasets, "_book_address", lambda: address)
        return paths

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(handler, content, status=200, length=None):
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)


CAMERA = (DATA / "camera.png").read_bytes()


def test_a_clone_reads_its_own_file_and_no_other(monkeypatch):
    def unwanted(*args, **options):
        raise AssertionError("downloaded")

    monkeypatch.setattr(datasets.pooch, "retrieve", unwanted)
    assert datasets._data_file("camera.png") == DATA / "camera.png"


def test_an_installed_package_fetches_a_file_once_with_progress(installed, publish, capsys):
    paths = publish(lambda handler: answer(handler, CAMERA))
    image = datasets.load_image("camera")
    np.testing.assert_array_equal(image, np.asarray(Image.open(DATA / "camera.png")))
    assert "100%" in capsys.readouterr().err
    assert datasets._data_file("camera.png") == installed / "camera.png"
    assert paths == ["/book/data/camera.png"]
    assert [path.name for path in installed.iterdir()] == ["camera.png"]


def test_a_file_in_a_folder_is_fetched_into_a_folder(installed, publish):
    content = (DATA / "movielens" / "ratings.npz").read_bytes()
    paths = publish(lambda handler: answer(handler, content))
    assert len(datasets.load_movielens().ratings) == 100_004
    assert paths == ["/book/data/movielens/ratings.npz"]
    assert (installed / "movielens" / "ratings.npz").read_bytes() == content


def test_a_damaged_copy_is_fetched_again(installed, publish):
    publish(lambda handler: answer(handler, CAMERA))
    installed.mkdir(parents=True)
    (installed / "camera.png").write_bytes(CAMERA[:-1])
    assert datasets._data_file("camera.png").read_bytes() == CAMERA


def altered(handler):
    answer(handler, CAMERA[:-1] + b"x")


def missing(handler):
    answer(handler, b"no such page", status=404)


def cut_off(handler):
    answer(handler, CAMERA[:1000], length=len(CAMERA))


def silent(handler):
    time.sleep(0.6)


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (altered, "hash"),
        (missing, "404"),
        (cut_off, "IncompleteRead"),
        (silent, "[Tt]imed out"),
    ],
)
def test_a_failed_download_is_an_oserror_and_leaves_nothing(installed, publish, monkeypatch, respond, reason):
    if respond is silent:
        monkeypatch.setattr(datasets, "_TIMEOUT_SECONDS", 0.2)
    paths = publish(respond)
    with pytest.raises(OSError, match=rf"camera.png could not be fetched from http://.*/book/data/.*{reason}"):
        datasets.load_image("camera")
    assert paths == ["/book/data/camera.png"]
    assert list(installed.iterdir()) == []


@pytest.mark.parametrize("target", ["http://[::1/", "http://.example.org/", "mailto:me", "data:," + 60_000 * "A"])
def test_a_download_that_is_led_astray_is_an_oserror_that_names_its_source(installed, publish, target):
    def respond(handler):
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    publish(respond)
    with pytest.raises(
        OSError, match="camera.png could not be fetched from http://.*/book/data/camera.png: "
    ) as caught:
        datasets.load_image("camera")
    assert len(str(caught.value)) < 700


def test_no_error_tells_the_password_of_the_books_address(installed, publish, monkeypatch):
    publish(missing)
    address = datasets._book_address().replace("http://", "http://me:secret@")
    monkeypatch.setattr(datasets, "_book_address", lambda: address)
    with pytest.raises(OSError, match="camera.png could not be fetched from http://127.*404") as caught:
        datasets.load_image("camera")
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_a_book_that_cannot_be_reached_is_an_oserror(installed, monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        address = f"http://127.0.0.1:{closed.server_port}"
    monkeypatch.setattr(datasets, "_book_address", lambda: address)
    with pytest.raises(OSError, match="cell.png could not be fetched from"):
        datasets.load_image("cell")


def test_a_file_that_is_not_in_the_table_is_refused(installed):
    with pytest.raises(ValueError, match="name must be one of 'astronaut.png', .* got 'secret.txt'"):
        datasets._data_file("secret.txt")


def metadata_with(*project_urls):
    metadata = email.message.Message()
    for project_url in project_urls:
        metadata["Project-URL"] = project_url
    return metadata


@pytest.mark.parametrize(
    ("project_urls", "address"),
    [
        ((), None),
        (("Repository, https://example.org/code",), None),
        (
            ("Repository, https://example.org/code", "Homepage, https://example.org/book/"),
            "https://example.org/book",
        ),
        (("homepage,https://example.org",), "https://example.org"),
    ],
)
def test_the_books_address_comes_from_the_packages_metadata(monkeypatch, project_urls, address):
    metadata = metadata_with(*project_urls)
    monkeypatch.setattr(importlib.metadata, "metadata", {"svdbook": metadata}.__getitem__)
    assert datasets._book_address() == address


def test_a_package_that_is_not_installed_has_no_address(monkeypatch):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", absent)
    assert datasets._book_address() is None


def test_without_an_address_the_error_says_what_to_do(installed, monkeypatch):
    monkeypatch.setattr(datasets, "_book_address", lambda: None)
    with pytest.raises(OSError, match="camera.png is not in .* work in a clone"):
        datasets.load_image("camera")


# Magika and the files it is tried on


def test_load_magika_returns_the_files_numbers():
    magika = datasets.load_magika()
    with np.load(DATA / "magika_weights.npz", allow_pickle=False) as file:
        assert sorted(file.files) == sorted(magika._fields)
        for name in file.files:
            np.testing.assert_array_equal(getattr(magika, name), file[name])
    assert magika.conv.shape == (512, 256, 5) and len(set(magika.labels.tolist())) == 214
    assert sum(numbers.size for numbers in magika[:-1]) == 784_214


def test_file_tokens_are_both_ends_of_a_file():
    content = bytes(np.random.default_rng(0).integers(33, 127, 5000, dtype=np.uint8))
    tokens = datasets.file_tokens(b" \n\t" + content + b"\r\n ")
    assert tokens.shape == (2048,) and tokens.dtype == np.uint16
    assert bytes(tokens[:1024].astype(np.uint8)) == content[:1024]
    assert bytes(tokens[1024:].astype(np.uint8)) == content[-1024:]
    short = datasets.file_tokens(b"  abc\n")
    assert short[:4].tolist() == list(b"abc\n") and short[-5:].tolist() == list(b"  abc")
    assert set(short[4:-5].tolist()) == {256}
    assert set(datasets.file_tokens(b"").tolist()) == {256}


def test_file_samples_are_files_of_their_type():
    samples = datasets.load_file_samples(per_type=3)
    assert len(samples.tokens) == len(samples.labels) == len(samples.paths) == len(set(samples.paths))
    assert set(samples.labels.tolist()) == set(datasets._TYPE_OF_EXTENSION.values())
    assert len({tokens.tobytes() for tokens in samples.tokens}) == len(samples.tokens)
    for label, path, tokens in zip(samples.labels, samples.paths, samples.tokens, strict=True):
        assert datasets._TYPE_OF_EXTENSION[pathlib.PurePosixPath(path).suffix] == label
        beginning = bytes(tokens[:1024][tokens[:1024] < 256].astype(np.uint8))
        if label == "png":
            assert beginning.startswith(bytes([0x89]) + b"PNG\r\n")
        if label == "po":
            assert b"msgid" in beginning or b"#" in beginning
    assert set(samples.labels.tolist()) < set(datasets.load_magika().labels.tolist())


def test_more_file_samples_hold_the_fewer():
    few, more = (datasets.load_file_samples(per_type) for per_type in (1, 4))
    assert set(few.paths) < set(more.paths)
    assert more.labels.tolist() == sorted(more.labels.tolist())
    assert max(more.labels.tolist().count(label) for label in set(more.labels.tolist())) == 4
    # A licence is plain text, whatever its extension; scipy has a LICENSE.md among its modules.
    assert not [path for path in datasets.load_file_samples(100).paths if "LICENSE" in path or ".dist-info" in path]


@pytest.mark.parametrize(
    ("content", "label", "taken"),
    [
        (b"x = 1", "python", True),
        (b"x = = 1", "python", False),
        (b"x = 1\x00", "python", False),
        (b'{"a": 1}', "json", True),
        (b"{'a': 1}", "json", False),
        (b"a = 1", "toml", True),
        (b"a = ", "toml", False),
        (b"<svg></svg>", "svg", True),
        (b"<svg>", "svg", False),
        (b"\x89PNG....", "png", True),
        (b"GIF89a", "png", False),
        (b"RIFF1234WAVE", "wav", True),
        (b"RIFF1234AVI ", "wav", False),
        (b'msgid "a"\nmsgstr "b"', "po", True),
        (b"a,b", "po", False),
        (b"a { color: red }", "css", True),
        (b"\xff\xfe", "css", False),
    ],
)
def test_a_file_is_taken_only_if_its_content_is_of_its_type(content, label, taken):
    assert datasets._is_of_type(content, label) is taken


def test_file_samples_hold_no_file_twice(monkeypatch):
    samples = datasets.load_file_samples()
    monkeypatch.setattr(datasets, "_PACKAGES", (*datasets._PACKAGES, *datasets._PACKAGES))
    assert datasets.load_file_samples().paths == samples.paths


def test_file_samples_say_which_package_is_missing(monkeypatch):
    monkeypatch.setattr(datasets, "_PACKAGES", ("numpy", "no-such-package"))
    with pytest.raises(OSError, match="the files of the package no-such-package are not to be found"):
        datasets.load_file_samples()
    with pytest.raises(ValueError, match="per_type must be an integer from 1 to inf, got 0"):
        datasets.load_file_samples(per_type=0)
