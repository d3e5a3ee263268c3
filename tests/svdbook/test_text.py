"""LatentSemanticAnalysis against dense SVDs, scikit-learn, a slow plain loop and the published nine titles."""

import re

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.utils.estimator_checks import parametrize_with_checks

import svdbook
from svdbook import LatentSemanticAnalysis, text

# Deerwester et al. 1990, table 1; words that stand in more than one title.
TITLES = [
    "Human machine interface for Lab ABC computer applications",
    "A survey of user opinion of computer system response time",
    "The EPS user interface management system",
    "System and human system engineering testing of EPS",
    "Relation of user-perceived response time to error measurement",
    "The generation of random, binary, unordered trees",
    "The intersection graph of paths in trees",
    "Graph minors IV: Widths of trees and well-quasi-ordering",
    "Graph minors: A survey",
]
WORDS = "human interface computer user system response time EPS survey trees graph minors".lower().split()


@parametrize_with_checks([LatentSemanticAnalysis(), LatentSemanticAnalysis(n_components=1)])
def test_it_is_an_estimator_of_scikit_learn(estimator, check):
    check(estimator)


def random_table(seed, m, n, density=0.05):
    rng = np.random.default_rng(seed)
    table = scipy.sparse.random_array((m, n), density=density, rng=rng, format="csr")
    # A spectrum with gaps, for vectors to be compared.
    return (table * (1 / np.arange(1, n + 1))).tocsr()


def assert_is_truncated_svd(lsa, table, k):
    U, s, Vt = np.linalg.svd(table.toarray(), full_matrices=False)
    signs = np.sign((lsa.components_ * Vt[:k]).sum(axis=1))
    np.testing.assert_allclose(lsa.singular_values_, s[:k], rtol=1e-12)
    np.testing.assert_allclose(lsa.components_, signs[:, None] * Vt[:k], atol=1e-9)
    np.testing.assert_allclose(lsa.documents_, signs * U[:, :k] * s[:k], atol=1e-9)


@pytest.mark.parametrize(("m", "n"), [(300, 900), (900, 300), (12, 30)])
@pytest.mark.parametrize("k", [1, 7])
def test_it_is_the_truncated_svd(m, n, k):
    table = random_table(1, m, n)
    lsa = LatentSemanticAnalysis(k).fit(table)
    assert_is_truncated_svd(lsa, table, k)
    np.testing.assert_array_equal(svdbook.fix_signs(np.eye(k), lsa.components_)[1], lsa.components_)


def test_transform_of_the_training_documents_is_what_fit_stored():
    for table in (random_table(2, 300, 900), random_table(2, 20, 30)):
        lsa = LatentSemanticAnalysis(5)
        np.testing.assert_array_equal(lsa.fit_transform(table), lsa.documents_)
        np.testing.assert_array_equal(lsa.transform(table), lsa.documents_)
        np.testing.assert_allclose(lsa.transform(table[3:4].toarray()), lsa.documents_[3:4], atol=1e-13)
    lsa = LatentSemanticAnalysis(3).fit(TITLES)
    np.testing.assert_allclose(lsa.transform(TITLES), lsa.documents_, rtol=0, atol=1e-15)


def test_it_agrees_with_scikit_learn():
    table = random_table(3, 400, 800)
    ours = LatentSemanticAnalysis(10).fit(table)
    theirs = TruncatedSVD(10, algorithm="arpack", random_state=0).fit(table)
    np.testing.assert_allclose(ours.singular_values_, theirs.singular_values_, rtol=1e-10)
    new = random_table(4, 5, 800)
    np.testing.assert_allclose(abs(ours.transform(new)), abs(theirs.transform(new)), atol=1e-10)
    np.testing.assert_allclose(
        ours.similarity(new), cosine_similarity(theirs.transform(new), theirs.transform(table)), atol=1e-8
    )


def test_repeated_singular_values_and_a_rank_below_k_are_no_trouble():
    # Documents that stand twice, and a table of blocks with the same singular values.
    blocks = scipy.sparse.block_diag([np.ones((2, 3))] * 300, format="csr")
    lsa = LatentSemanticAnalysis(40).fit(blocks)
    np.testing.assert_allclose(lsa.singular_values_, np.sqrt(6), rtol=1e-12)
    np.testing.assert_allclose(lsa.components_ @ lsa.components_.T, np.eye(40), atol=1e-12)
    low = (random_table(8, 600, 5, 0.5) @ random_table(9, 5, 900, 0.5)).tocsr()
    lsa = LatentSemanticAnalysis(20).fit(low)
    np.testing.assert_allclose(lsa.singular_values_[:5], np.linalg.svd(low.toarray(), compute_uv=False)[:5], rtol=1e-10)
    np.testing.assert_allclose(lsa.singular_values_[5:], 0, atol=1e-12 * lsa.singular_values_[0])
    np.testing.assert_allclose(lsa.components_ @ lsa.components_.T, np.eye(20), atol=1e-12)


def test_two_fits_agree_to_the_last_digit():
    table = random_table(5, 400, 800)
    first, second = (LatentSemanticAnalysis(10).fit(table) for _ in range(2))
    np.testing.assert_array_equal(first.components_, second.components_)


def test_a_large_table_is_never_made_dense(monkeypatch):
    def unwanted(self, *args, **options):
        raise AssertionError("made dense")

    table = scipy.sparse.random_array((2000, 60_000), density=1e-4, rng=np.random.default_rng(6), format="csr")
    for kind in (scipy.sparse.csr_array, scipy.sparse.csr_matrix, scipy.sparse.csc_array, scipy.sparse.coo_array):
        monkeypatch.setattr(kind, "toarray", unwanted)
        monkeypatch.setattr(kind, "todense", unwanted, raising=False)
        lsa = LatentSemanticAnalysis(3).fit(kind(table))
        assert lsa.similarity(kind(table)[:2] if kind is not scipy.sparse.coo_array else table[:2]).shape == (2, 2000)


def test_the_nine_titles_have_the_published_singular_values():
    counts = CountVectorizer(vocabulary=WORDS).fit_transform(TITLES)
    lsa = LatentSemanticAnalysis(9).fit(counts)
    assert lsa.singular_values_.round(2).tolist() == [3.34, 2.54, 2.35, 1.64, 1.50, 1.31, 0.85, 0.56, 0.36]
    # "human computer interaction": the third and fifth title are near, though they have none of its words.
    plane = LatentSemanticAnalysis(2, vectorizer=CountVectorizer(vocabulary=WORDS)).fit(TITLES)
    near = plane.similarity(["human computer interaction"])[0]
    assert (near[:5] > 0.9).all() and (abs(near[5:]) < 0.2).all()


def test_similarity_is_the_cosine_of_rows_of_the_truncation():
    table = random_table(7, 20, 30, density=0.3)
    lsa = LatentSemanticAnalysis(4).fit(table)
    rows = svdbook.low_rank(table.toarray(), 4, "exact")
    slow = [[x @ y / np.sqrt(x @ x) / np.sqrt(y @ y) for y in rows] for x in rows]
    np.testing.assert_allclose(lsa.similarity(table), slow, atol=1e-10)
    np.testing.assert_allclose(lsa.inverse_transform(lsa.documents_), rows, atol=1e-12)


def test_a_document_without_a_known_word_is_similar_to_none():
    lsa = LatentSemanticAnalysis(2).fit(TITLES)
    np.testing.assert_array_equal(lsa.transform(["elephant giraffe", ""]), np.zeros((2, 2)))
    np.testing.assert_array_equal(lsa.similarity(["elephant giraffe", ""]), np.zeros((2, 9)))
    with_empty = LatentSemanticAnalysis(2).fit([*TITLES, "?"])
    assert with_empty.similarity(TITLES)[:, 9].tolist() == [0] * 9
    assert with_empty.similarity(["?"]).tolist() == [[0] * 10]


def test_texts_and_the_vectorizers_table_give_the_same():
    vectorizer = CountVectorizer(stop_words="english")
    from_texts = LatentSemanticAnalysis(3, vectorizer=vectorizer).fit(TITLES)
    assert not hasattr(vectorizer, "vocabulary_")
    table = from_texts.vectorizer_.transform(TITLES)
    from_table = LatentSemanticAnalysis(3).fit(table)
    np.testing.assert_array_equal(from_texts.components_, from_table.components_)
    np.testing.assert_array_equal(from_texts.transform(table), from_table.documents_)
    assert from_table.vectorizer_ is None
    for kind in (tuple, np.array, lambda texts: np.array(texts, dtype=object)):
        again = LatentSemanticAnalysis(3, vectorizer=vectorizer).fit(kind(TITLES))
        np.testing.assert_array_equal(again.components_, from_texts.components_)


def test_topics_are_the_words_of_largest_weight():
    lsa = LatentSemanticAnalysis(2, vectorizer=CountVectorizer(vocabulary=WORDS)).fit(TITLES)
    topics = lsa.topics(3)
    assert topics[0][0] == ("system", pytest.approx(0.644, abs=5e-4))
    assert [word for word, _ in topics[1]] == ["graph", "trees", "minors"]
    for topic, row in zip(lsa.topics(12), lsa.components_, strict=True):
        assert sorted(word for word, _ in topic) == sorted(WORDS)
        assert all(weight == row[WORDS.index(word)] for word, weight in topic)
        assert sorted((abs(weight) for _, weight in topic), reverse=True) == [abs(weight) for _, weight in topic]
    table = CountVectorizer(vocabulary=WORDS).fit_transform(TITLES)
    assert LatentSemanticAnalysis(2).fit(table).topics(3, words=WORDS) == topics


def test_topics_take_the_names_of_a_data_frame():
    pandas = pytest.importorskip("pandas", exc_type=ImportError)
    counts = CountVectorizer(vocabulary=WORDS).fit_transform(TITLES).toarray()
    lsa = LatentSemanticAnalysis(2).fit(pandas.DataFrame(counts, columns=WORDS))
    assert lsa.topics(1)[1][0][0] == "graph"


@st.composite
def small_tables(draw):
    """Sparse tables, with rows and columns of zeros, of any rank and scale, and a count of components."""
    m, n = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = rng.poisson(0.4, (m, n)) * 10.0 ** draw(st.integers(-50, 50))
    table[0, 0] = max(table.max(), 1e-50)
    return table, draw(st.integers(1, min(m, n)))


@given(small_tables())
def test_no_other_directions_keep_more(drawn):
    table, k = drawn
    lsa = LatentSemanticAnalysis(k).fit(scipy.sparse.csr_array(table))
    np.testing.assert_allclose(lsa.components_ @ lsa.components_.T, np.eye(k), atol=1e-13)
    scale = table.max()
    error = np.linalg.norm((table - lsa.inverse_transform(lsa.documents_)) / scale)
    expected = np.linalg.norm(np.linalg.svd(table / scale, compute_uv=False)[k:])
    np.testing.assert_allclose(error, expected, atol=1e-12)
    similarity = lsa.similarity(table)
    assert (abs(similarity) <= 1 + 1e-12).all()
    np.testing.assert_allclose(similarity, similarity.T, atol=1e-12)


TABLE = np.arange(12.0).reshape(4, 3) ** 2
FITTED = LatentSemanticAnalysis(2).fit(TABLE)
OF_TEXTS = LatentSemanticAnalysis(2).fit(TITLES)
WITH_NAN = np.where(TABLE == 4, np.nan, TABLE)
SPARSE_NAN = scipy.sparse.csr_array(WITH_NAN)
LARGE = scipy.sparse.random_array((501, 500), density=0.01, rng=np.random.default_rng(0), format="csr")
HIDDEN = np.ma.masked_equal([[1, 2, 3], [4, 5, 6]], 5)
BAD = [
    (lambda: LatentSemanticAnalysis().fit(WITH_NAN), "Input X contains NaN"),
    (lambda: LatentSemanticAnalysis().fit(SPARSE_NAN), "Input X contains NaN"),
    (lambda: FITTED.transform(SPARSE_NAN), "Input X contains NaN"),
    (lambda: FITTED.similarity(WITH_NAN), "Input X contains NaN"),
    (lambda: FITTED.inverse_transform([[np.nan, 1]]), "contains NaN"),
    (lambda: FITTED.inverse_transform(TABLE), r"X must have a column for each of the 2 components, got shape \(4, 3\)"),
    (lambda: FITTED.transform(TABLE[:, :2]), "X has 2 features, but LatentSemanticAnalysis is expecting 3 features"),
    (lambda: LatentSemanticAnalysis().fit(np.zeros((3, 4))), "X must have an entry that is not zero, got only zeros"),
    (
        lambda: LatentSemanticAnalysis().fit(scipy.sparse.csr_array((3, 4))),
        r"X must have an entry that is not zero, got only zeros in shape \(3, 4\)",
    ),
    (lambda: LatentSemanticAnalysis().fit(["", "?", "a"]), "X must have a word that the vectorizer keeps"),
    (
        lambda: LatentSemanticAnalysis(vectorizer=CountVectorizer(stop_words="english")).fit(["the and", "of"]),
        "X must have a word that the vectorizer keeps",
    ),
    (lambda: LatentSemanticAnalysis().fit("one text"), "X must be a list of texts, got one text"),
    (lambda: OF_TEXTS.transform("one text"), "X must be a list of texts, got one text"),
    (lambda: FITTED.transform(["a text"]), "X must be a table of the words of fit, which had no texts"),
    (lambda: LatentSemanticAnalysis().fit([]), "Expected 2D array, got 1D array"),
    (lambda: LatentSemanticAnalysis(1).fit(HIDDEN), "X must have no masked entries, got 1"),
    (lambda: FITTED.transform(HIDDEN), "X must have no masked entries, got 1"),
    (lambda: FITTED.inverse_transform(np.ma.masked_equal([[1, 2]], 2)), "X must have no masked entries, got 1"),
    (lambda: LatentSemanticAnalysis(4).fit(TABLE), "n_components must be an integer from 1 to 3, got 4"),
    (lambda: LatentSemanticAnalysis(0).fit(TABLE), "n_components must be an integer from 1 to 3, got 0"),
    (lambda: LatentSemanticAnalysis(1.5).fit(TABLE), "n_components must be an integer from 1 to 3, got 1.5"),
    (lambda: LatentSemanticAnalysis(True).fit(TABLE), "n_components must be an integer from 1 to 3, got True"),
    (lambda: LatentSemanticAnalysis(500).fit(LARGE), "n_components must be an integer from 1 to 499, got 500"),
    (lambda: OF_TEXTS.topics(0), "n_words must be an integer from 1 to .*, got 0"),
    (lambda: FITTED.topics(4), "n_words must be an integer from 1 to 3, got 4"),
    (lambda: FITTED.topics(1), "words must be the names of the 3 columns, got None, and fit was given a table"),
    (lambda: FITTED.topics(1, words=["a", "b"]), "words must be the names of the 3 columns, got 2"),
]


@pytest.mark.parametrize(("call", "message"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input_is_refused_with_what_is_wanted(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("method", ["transform", "inverse_transform", "similarity"])
def test_it_must_be_fitted_first(method):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(LatentSemanticAnalysis(), method)(TABLE)


def test_the_limit_of_small_tables_is_the_one_that_the_docstring_names():
    assert re.search(f"more than {text._SMALL:,} entries", LatentSemanticAnalysis.__doc__)
