"""An environment that was half made, moved or made with another Python is noticed and mended, or a sentence says how."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from publishing import environment

BASE = Path(sys._base_executable)
REQUIREMENTS = {"requirements.txt": "one==1", "requirements-dev.txt": "one==1\ntwo==2", "pyproject.toml": ""}


def make_venv(venv, python=BASE):
    """Write what ``python -m venv`` and pip would leave, in a hundredth of the time."""
    packages = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (packages / "pip").mkdir(parents=True)
    (packages / "pip" / "__init__.py").touch()
    (venv / "bin").mkdir()
    (venv / "bin" / "python").symlink_to(python)
    begin = (
        f'#!/bin/sh\n\'\'\'exec\' "{venv}/bin/python3" "$0" "$@"\n'
        if " " in str(venv)
        else f"#!{venv}/bin/python3.11\n"
    )
    (venv / "bin" / "pip").write_text(begin)
    (venv / "pyvenv.cfg").write_text(f"home = {BASE.parent}\nexecutable = {os.path.realpath(BASE)}\n")


@pytest.fixture(params=["book", "my book"])
def root(request, tmp_path, monkeypatch):
    """Folder of a book that has no environment yet, with and without a blank in its name."""
    root = tmp_path / request.param
    root.mkdir()
    for name, text in REQUIREMENTS.items():
        (root / name).write_text(text)
    monkeypatch.setattr(environment, "ROOT", root)
    return root


@pytest.fixture
def calls(root, monkeypatch):
    """Programs that were run, with what they return; they do no more than make an environment."""
    calls, codes = [], {}

    def call(command, cwd=None):
        calls.append(command[2])
        if command[2] == "venv" and not codes.get("venv"):
            make_venv(Path(command[3]))
        if isinstance(codes.get(command[2]), BaseException):
            raise codes[command[2]]
        return codes.get(command[2], 0)

    monkeypatch.setattr(environment.subprocess, "call", call)
    calls_and_codes = (calls, codes)
    return calls_and_codes


def run(monkeypatch, *arguments):
    """What main says at its end; None if nothing went wrong."""
    monkeypatch.setattr(sys, "argv", ["environment.py", *arguments])
    try:
        environment.main()
    except SystemExit as end:
        return end.code or None


def test_an_environment_is_made_once_and_filled_once(root, calls, monkeypatch):
    assert run(monkeypatch, "requirements.txt") is None
    assert run(monkeypatch, "requirements.txt") is None
    assert calls[0] == ["venv", "pip"]
    assert environment.fault(root / ".venv") is None


def test_a_lock_is_installed_again_when_its_contents_change(root, calls, monkeypatch):
    run(monkeypatch, "requirements-dev.txt")
    # The lock for tests holds the other one.
    run(monkeypatch, "requirements.txt")
    assert calls[0] == ["venv", "pip"]
    # A copy may bring along an old time.
    (root / "requirements.txt").write_text("one==2")
    os.utime(root / "requirements.txt", (1, 1))
    run(monkeypatch, "requirements.txt")
    run(monkeypatch, "requirements.txt")
    assert calls[0] == ["venv", "pip", "pip"]
    (root / "requirements-dev.txt").write_text("one==2")
    run(monkeypatch, "requirements.txt")
    assert calls[0] == ["venv", "pip", "pip"]
    run(monkeypatch, "requirements-dev.txt")
    assert calls[0] == ["venv", "pip", "pip", "pip"]


@pytest.mark.parametrize("program", ["venv", "pip"])
@pytest.mark.parametrize("end", [KeyboardInterrupt(), 1], ids=["interrupt", "failure"])
def test_a_setting_up_that_did_not_end_begins_from_the_start(root, calls, monkeypatch, program, end):
    calls[1][program] = end
    assert run(monkeypatch, "requirements.txt") is not None
    calls[0].clear()
    calls[1].clear()
    assert run(monkeypatch, "requirements.txt") is None
    assert calls[0] == ["venv", "pip"]


@pytest.mark.parametrize("made_by_hand", [False, True])
def test_what_was_there_stays_without_a_network_and_not_after_an_interrupt(root, calls, monkeypatch, made_by_hand):
    if made_by_hand:
        make_venv(root / ".venv")
    else:
        run(monkeypatch, "requirements.txt")
    (root / "requirements.txt").write_text("one==2")
    calls[1]["pip"] = 1
    assert "the next make tries again" in run(monkeypatch, "requirements.txt")
    assert environment.fault(root / ".venv") is None
    calls[1]["pip"] = KeyboardInterrupt()
    run(monkeypatch, "requirements.txt")
    assert environment.fault(root / ".venv") == "its setting-up was broken off"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda venv: (venv / "bin" / "python").unlink(),
        lambda venv: next(venv.glob("lib/*/site-packages/pip/__init__.py")).write_text("raise ImportError"),
        lambda venv: (venv / "bin" / "pip").unlink(),
        lambda venv: (venv / "bin" / "pip").write_text(""),
        lambda venv: (venv / "pyvenv.cfg").unlink(),
    ],
    ids=["no Python", "no pip", "no program", "empty program", "no environment"],
)
def test_an_environment_that_does_not_run_is_made_again(root, calls, monkeypatch, capsys, spoil):
    make_venv(root / ".venv")
    spoil(root / ".venv")
    assert environment.fault(root / ".venv") == "its Python is gone, too old or without pip"
    assert run(monkeypatch, "requirements.txt") is None
    assert calls[0] == ["venv", "pip"]
    assert "Setting up .venv, for its Python is gone" in capsys.readouterr().out


def test_a_moved_or_copied_folder_gets_an_environment_of_its_own(root, calls, monkeypatch):
    make_venv(root / "before")
    (root / "before").rename(root / ".venv")
    assert environment.fault(root / ".venv") == f"it was made in another folder, {root}"
    assert run(monkeypatch, "requirements.txt") is None
    assert environment.fault(root / ".venv") is None


def test_another_python_that_is_asked_for_is_taken_and_the_same_changes_nothing(root, calls, monkeypatch):
    run(monkeypatch, "requirements.txt")
    run(monkeypatch, "--asked", "requirements.txt")
    assert calls[0] == ["venv", "pip"]
    configuration = root / ".venv" / "pyvenv.cfg"
    configuration.write_text(configuration.read_text().replace("executable = ", "executable = /other"))
    run(monkeypatch, "requirements.txt")
    assert calls[0] == ["venv", "pip"]
    run(monkeypatch, "--asked", "requirements.txt")
    assert calls[0] == ["venv", "pip", "venv", "pip"]


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_the_module_for_environments_is_said_and_nothing_is_left(root, calls, monkeypatch, missing):
    monkeypatch.setattr(environment, "find_spec", lambda name: None if name == missing else name)
    said = run(monkeypatch, "requirements.txt")
    assert f"has no module {missing}" in said and "apt install python3-venv" in said
    assert not (root / ".venv").exists()


def test_a_python_that_is_too_old_is_said_and_nothing_is_left(root, calls, monkeypatch):
    monkeypatch.setattr(environment, "OLDEST", (99, 0))
    assert "Python 3.11 or newer is needed" in run(monkeypatch, "requirements.txt")
    assert not (root / ".venv").exists()


def test_a_link_is_used_and_never_changed(root, calls, monkeypatch):
    make_venv(root / "shared")
    (root / ".venv").symlink_to("shared")
    assert run(monkeypatch, "requirements.txt") is None
    (root / "shared" / "bin" / "python").unlink()
    assert "remove the link" in run(monkeypatch, "requirements.txt")
    assert calls[0] == [] and (root / "shared" / "bin" / "pip").exists()


def test_what_stands_in_the_way_is_said_in_a_sentence(root, calls, monkeypatch):
    (root / ".venv").write_text("a file")
    assert run(monkeypatch, "requirements.txt").startswith(".venv could not be made: [Errno")


def test_the_record_is_of_lock_and_package(root, calls, monkeypatch):
    run(monkeypatch, "requirements.txt")
    record = (root / ".venv" / "requirements.txt.sha256").read_text()
    assert record == hashlib.sha256(b"one==1").hexdigest()
    (root / "pyproject.toml").write_text("version = 2")
    run(monkeypatch, "requirements.txt")
    assert calls[0] == ["venv", "pip", "pip"]
