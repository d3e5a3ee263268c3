"""The files at the top of the repository agree with each other and with the tools that read them."""

import re
import subprocess
import tomllib

import jupyter_book.config
import pytest
import yaml
from ruff import find_ruff_bin
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from publishing.book import ROOT


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def unknown_keys(config, *listings, path=""):
    """Keys of a mapping that stand in none of the listings, which Jupyter Book would silently ignore."""
    listings = [listing for listing in listings if isinstance(listing, dict)]
    if not isinstance(config, dict) or not listings:
        return []
    found = []
    for key, value in config.items():
        if any(key in listing for listing in listings):
            found += unknown_keys(value, *(listing.get(key) for listing in listings), path=f"{path}{key}.")
        else:
            found.append(path + key)
    return found


def keys_of_schema(schema):
    return {key: keys_of_schema(value) for key, value in schema.get("properties", {}).items()} or None


def test_the_configuration_of_the_book_is_valid_and_has_no_key_that_is_ignored():
    config = yaml.safe_load(read("_config.yml"))
    jupyter_book.config.validate_yaml(config, raise_on_errors=True)
    # Neither of the two lists that Jupyter Book has of its keys is complete.
    defaults = yaml.safe_load(jupyter_book.config.PATH_YAML_DEFAULT.read_text(encoding="utf-8"))
    schema = keys_of_schema(jupyter_book.config.get_validator().schema)
    assert unknown_keys(config, defaults, schema) == []
    assert unknown_keys(config | {"tite": "", "html": {"favcon": ""}}, defaults, schema) == ["html.favcon", "tite"]


def test_every_sphinx_option_of_the_configuration_is_known_to_an_extension(tmp_path):
    # Sphinx, too, ignores an option that nobody has declared.
    with docutils_namespace():
        app = Sphinx(ROOT, ROOT, tmp_path, tmp_path, "html", status=None)
    options = set(yaml.safe_load(read("_config.yml"))["sphinx"]["config"])
    # Sphinx itself reads the list of extensions before it knows any option.
    assert options - set(app.config.values) == {"extensions"}


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]], ids=" ".join)
def test_the_code_is_linted_and_formatted(arguments):
    finished = subprocess.run([find_ruff_bin(), *arguments, "."], cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 0, f"run `make format`:\n{finished.stdout}{finished.stderr}"


def pins(name):
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", read(name), re.M))


@pytest.mark.parametrize("stem", ["requirements", "requirements-dev"])
def test_the_lock_pins_what_is_asked_for(stem):
    asked = re.findall(r"^([a-z][a-z0-9._-]*)", read(f"{stem}.in"), re.M)
    assert asked
    assert [name for name in asked if name not in pins(f"{stem}.txt")] == []


def test_every_line_of_a_lock_is_a_pin_and_the_helper_package_comes_along():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in read(name).splitlines() if line and not line.lstrip().startswith("#")]
        assert [line for line in lines if "==" not in line] == ["-e ."]
        assert "file:" not in read(name)


def test_both_locks_agree():
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: dev.get(name) for name in run} == run


def test_installed_versions_are_the_locked_ones():
    from importlib.metadata import version

    for name in ("numpy", "scipy", "matplotlib", "jupyter-book", "furo", "nbval"):
        assert version(name) == pins("requirements-dev.txt")[name]


def test_the_helper_package_needs_nothing_outside_the_lock():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    needed = {re.match(r"[a-z0-9-]+", line)[0] for line in project["dependencies"]}
    assert needed - pins("requirements.txt").keys() == set()
    assert project["requires-python"] == ">=3.11"


def test_the_arrows_of_the_layout_run_one_way():
    for path in (ROOT / "svdbook").glob("*.py"):
        assert not re.search(
            r"^\s*(?:from|import) (?:publishing|grading|notebooks)\b", path.read_text(encoding="utf-8"), re.M
        ), path


def test_the_targets_that_the_readme_names_exist():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    for name in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`make ([a-z]+)", read(name))) | set(re.findall(r"^ *make ([a-z]+)", read(name), re.M))
        assert named and named <= targets, named - targets


def test_citation_file_is_valid_yaml_with_what_a_citation_needs():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == yaml.safe_load(read("_config.yml"))["title"]
    assert citation["version"] == tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert {"message", "authors", "license"} <= citation.keys()
