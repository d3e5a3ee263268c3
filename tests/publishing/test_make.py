"""The Makefile, in a small folder whose programs say how they were called instead of doing anything."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from publishing import serve
from publishing.book import ROOT

SAY = """#!/bin/sh
if [ "$*" = "-c print(3)" ]; then echo 3; exit; fi
echo "$(basename "$0") $* [$PYTHONPATH$PYTHONHOME$PYTHONSAFEPATH$OPENBLAS_NUM_THREADS]"
"""


@pytest.fixture
def make(tmp_path):
    """Run make there; return its exit status and what it printed."""
    folder = tmp_path / "my book"
    (folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "notebooks").mkdir()
    # Names with a blank broke every target.
    (folder / "notebooks" / "my topic.ipynb").touch()
    # What a build leaves.
    (folder / "_build" / "html" / "notebooks").mkdir(parents=True)
    (folder / "_build" / "html" / "notebooks" / "my topic.ipynb").write_text("new")
    (folder / "programs").mkdir()
    for name in ("python3", "python9"):
        write_program(folder / "programs" / name, SAY)
    for name in ("python", "jupyter"):
        write_program(folder / ".venv" / "bin" / name, SAY)

    def make(*arguments, user=1000, **environment):
        write_program(folder / "programs" / "id", f"#!/bin/sh\necho {user}\n")
        ours = {"PATH": f"{folder / 'programs'}:{os.environ['PATH']}"}
        finished = subprocess.run(
            ["make", *arguments],
            cwd=folder,
            env=ours | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return finished.returncode, finished.stdout

    return make


def write_program(path, text):
    path.write_text(text)
    path.chmod(0o755)


ENVIRONMENT = "python3 -I publishing/environment.py requirements.txt []\n"


def test_the_book_is_built_in_the_environment_and_then_said_to_be_there(make):
    assert make("book") == (
        0,
        f"{ENVIRONMENT}python -m publishing.build []\nThe book is in _build/html. To read it: make serve\n",
    )


def test_a_python_that_is_named_is_asked_for(make):
    asked = (0, "python9 -I publishing/environment.py --asked requirements.txt []\n")
    assert make("run", "PYTHON=python9") == asked
    assert make("run", PYTHON="python9") == asked


@pytest.mark.parametrize("python", ["false", "true", "no-such-program"])
def test_what_is_no_python_is_said_in_a_sentence(make, python):
    status, said = make("book", f"PYTHON={python}")
    assert status != 0 and f"PYTHON must be Python 3.11 or newer, {python} is no Python" in said
    assert "publishing.build" not in said


def test_tests_need_what_the_other_lock_holds(make):
    said = make("test")[1]
    assert said.index("requirements-dev.txt") < said.index("publishing.build") < said.index("pytest")


def test_packages_of_other_projects_stay_out(make):
    said = make("book", PYTHONPATH="/other", PYTHONHOME="/other", PYTHONSAFEPATH="1")[1]
    assert "/other" not in said and "[1]" not in said


def test_a_port_is_handed_on(make):
    assert make("serve")[1].endswith("python -m publishing.serve 8000 []\n")
    assert make("serve", "PORT=80 01")[1].endswith("python -m publishing.serve 80 01 []\n")


def test_jupyterlab_opens_for_a_person_and_not_for_root(make):
    assert make("lab") == (0, f"{ENVIRONMENT}python -m publishing.build []\njupyter lab my-notebooks [1]\n")
    assert make("edit")[1].endswith("jupyter lab notebooks [1]\n")
    # One thread of the BLAS, if a person has not said otherwise.
    assert make("lab", OPENBLAS_NUM_THREADS="2")[1].endswith("jupyter lab my-notebooks [2]\n")
    for target in ("lab", "edit"):
        status, said = make(target, user=0)
        assert (
            status != 0
            and "JupyterLab does not run as root" in said
            and "jupyter lab " not in said.split("--allow-root")[1]
        )


def test_what_a_reader_has_written_stays(make, tmp_path):
    built, own = tmp_path / "my book" / "_build" / "html" / "notebooks", tmp_path / "my book" / "my-notebooks"
    (built / "one.ipynb").write_text("new")
    make("lab")
    (own / "one.ipynb").write_text("mine")
    assert make("lab")[0] == 0
    assert {path.name: path.read_text() for path in own.iterdir()} == {"one.ipynb": "mine", "my topic.ipynb": "new"}


def test_what_fails_ends_the_rest(make, tmp_path):
    write_program(tmp_path / "my book" / "programs" / "python3", "#!/bin/sh\n[ $1 = -c ] && echo 3 || exit 1\n")
    status, said = make("book")
    assert status != 0 and "publishing.build" not in said and "The book is" not in said


def test_a_port_that_is_taken_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert serve.main([str(port)]).startswith(
            f"port {port} is taken; choose another one, such as: make serve PORT="
        )


@pytest.mark.parametrize("port", ["", "0", "65536", "abc", "80 00", "-1", "8000.5", "²"])
def test_what_is_no_port_is_said_in_a_sentence(port):
    assert serve.main([port]) == f"PORT must be a number from 1 to 65535, got {port!r}"


def test_binder_gives_its_kernels_one_thread_of_the_blas():
    program = [ROOT / "binder" / "start", "sh", "-c", 'echo "$1 $OPENBLAS_NUM_THREADS"', "sh", "a b"]
    said = subprocess.run(program, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True)
    assert said.stdout == "a b 1\n"


def test_a_copy_on_windows_has_the_bytes_of_the_repository(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", *arguments], cwd=tmp_path, check=True)

    files = {
        "data/numbers.csv": b"1,2\n3,4\n",
        "data/old.csv": b"1,2\r\n3,4\r\n",
        "notebooks/basics.ipynb": b"{\n}\n",
        "Makefile": b"book:\n\techo\n",
        "book/logo.png": b"\x89PNG\r\n\x1a\n\x00\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    git("init", "--quiet")
    git("add", ".")
    for name in files:
        Path(tmp_path / name).unlink()
    git("checkout", "--quiet", "--", ".")
    assert {name: (tmp_path / name).read_bytes() for name in files} == files
