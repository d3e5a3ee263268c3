"""Execute the notebooks in place and normalise what Jupyter writes around their content.

``python -m publishing.notebooks`` does it for all of notebooks/, ``python -m publishing.notebooks
notebooks/basics.ipynb`` for those named. What takes long to import is imported where it is used, so that Ctrl-C is
answered from the start.
"""

import argparse
import asyncio
import hashlib
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
# A hundred times what they take: against an endless cell, and not against a slow machine.
CELL_TIMEOUT_SECONDS = 1200
STARTUP_TIMEOUT_SECONDS = 600
# What a kernel takes over from the person who starts it: where programs, their libraries and a place for temporary
# files are, on Linux, macOS and Windows. Nothing else, for any other variable may change what a notebook shows.
TAKEN_OVER = (
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR", "TEMP", "TMP"),
)
# What runs in the process of a notebook: this module, with another environment.
PROGRAM = "from publishing.notebooks import answer; answer()"
# A widget is a name for something in a kernel that is gone, and another name in each run.
WIDGET = "application/vnd.jupyter.widget-view+json"
# What JupyterLab folds, by the tags that fold or remove a cell on the site.
FOLDED_IN_JUPYTERLAB = {
    "hide-input": {"source_hidden": True},
    "remove-input": {"source_hidden": True},
    "remove-cell": {"source_hidden": True, "outputs_hidden": True},
    "hide-cell": {"source_hidden": True, "outputs_hidden": True},
}


def normalise(notebook):
    """Keep in a notebook what a person wrote, so that a diff shows what a person changed.

    The kernel becomes ``python3`` without a version of Python, cells keep their ids (one that is missing
    or doubled is made from the cell's text), and what editors leave behind is dropped.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.

    Examples
    --------
    >>> import nbformat
    >>> notebook = nbformat.v4.new_notebook(metadata={"toc": True})
    >>> sorted(normalise(notebook).metadata)
    ['kernelspec', 'language_info']
    """
    import nbformat

    notebook.nbformat, notebook.nbformat_minor = 4, 5
    front_matter = {key: notebook.metadata[key] for key in ["myst"] if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
            **front_matter,
        }
    )
    seen = set()
    for cell in notebook.cells:
        metadata = {key: cell.metadata[key] for key in ["mystnb", "tags"] if cell.metadata.get(key)}
        for tag, folded in FOLDED_IN_JUPYTERLAB.items():
            if tag in metadata.get("tags", []):
                metadata["jupyter"] = folded
        cell.metadata = nbformat.from_dict(metadata)
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
            output.get("data", {}).pop(WIDGET, None)
        if cell.get("id") is None or cell.id in seen:
            cell.id = hashlib.sha256(f"{len(seen)} {cell.source}".encode()).hexdigest()[:8]
        seen.add(cell.id)
    return notebook


def kernel_environment(folder):
    """Environment variables of the kernels that execute notebooks: the same for whoever starts them.

    Parameters
    ----------
    folder : str
        A folder of their own, in which they look for configuration and find none.

    Returns
    -------
    dict of str to str
    """
    taken_over = {name: os.environ[name] for name in TAKEN_OVER if name in os.environ}
    places = ("HOME", "USERPROFILE", "APPDATA", "IPYTHONDIR", "MPLCONFIGDIR")
    jupyter = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    return {
        **taken_over,
        **dict.fromkeys((*places, *jupyter), folder),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # There is a kernel for every core already; threads of the BLAS would stand in each other's way.
        "OPENBLAS_NUM_THREADS": "1",
        # The helper package that stands beside the notebooks.
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        # A bar shows times, which are others in each run.
        "TQDM_DISABLE": "1",
        "TZ": "UTC",
    }


def execute(path):
    """Run a notebook from top to bottom in a fresh kernel, with the environment of this process.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
        What the file is to hold.

    Raises
    ------
    ValueError
        If the file holds no notebook. Whatever else goes wrong in the kernel is raised as it is.
    """
    import nbformat
    from nbclient import NotebookClient

    content = path.read_bytes()
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
    except Exception as error:
        raise ValueError(f"this is no notebook ({type(error).__name__}: {error})") from error
    NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_SECONDS,
        startup_timeout=STARTUP_TIMEOUT_SECONDS,
        kernel_name="python3",
        coalesce_streams=True,
        record_timing=False,
        # ipykernel warns at every start that its socket on this machine is not encrypted.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return nbformat.writes(normalise(notebook)) + "\n"


def replace(path, content):
    """Put new content into a file at once, so that a failure loses nothing; a link and the file's mode stay."""
    path = path.resolve()
    # Who may not write the file may still replace it.
    with path.open("r+b"):
        pass
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(content)
        shutil.copymode(path, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


async def execute_apart(path, environment):
    """Execute a notebook in a process of its own.

    Parameters
    ----------
    path : pathlib.Path
    environment : dict of str to str
        Environment variables of the process.

    Returns
    -------
    bytes
        What the file is to hold.

    Raises
    ------
    ValueError
        With what went wrong.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, path),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        content, complaint = await process.communicate()
    except asyncio.CancelledError:
        # Its kernel sees that it is gone, and ends.
        process.kill()
        await process.wait()
        raise
    if process.returncode < 0:
        raise ValueError(f"its process was ended by signal {-process.returncode}")
    if process.returncode > 0:
        raise ValueError(complaint.decode(errors="replace").rstrip())
    return content


def answer():
    """Execute the notebook that the command line names, write it to the standard output, and errors to the other."""
    # The kernel inherits the standard output, and what runs in it may write there past Jupyter.
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        try:
            output.write(execute(Path(sys.argv[1])).encode())
        except Exception as error:
            sys.exit(f"{type(error).__name__}: {error}")


async def execute_all(paths, environment):
    """Execute notebooks, as many at a time as there are cores.

    Parameters
    ----------
    paths : list of pathlib.Path
    environment : dict of str to str

    Returns
    -------
    list of str
        A sentence for each notebook that is unchanged.
    """
    from tqdm import tqdm

    free = asyncio.Semaphore(os.cpu_count() or 1)
    unchanged = dict.fromkeys(paths, "it was not executed to the end")
    progress = tqdm(total=len(unchanged), unit="notebook", desc="Executing")

    async def run(path):
        async with free:
            try:
                replace(path, await execute_apart(path, environment))
                del unchanged[path]
            except ValueError as error:
                unchanged[path] = f"it failed:\n{error}"
            except OSError as error:
                unchanged[path] = f"it failed:\n{type(error).__name__}: {error}"
        progress.set_postfix_str(path.stem, refresh=False)
        progress.update()

    with progress:
        try:
            async with asyncio.TaskGroup() as group:
                for path in list(unchanged):
                    group.create_task(run(path))
        except asyncio.CancelledError:
            print("\nBroken off.", file=sys.stderr)
    return [f"{path} is unchanged, for {reason}" for path, reason in unchanged.items()]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Execute notebooks in place and normalise them.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of notebooks/")
    paths = parser.parse_args(arguments).notebooks or sorted(ROOT.glob("notebooks/*.ipynb"))
    try:
        with TemporaryDirectory(prefix="svdbook-", ignore_cleanup_errors=True) as folder:
            unchanged = asyncio.run(execute_all(paths, kernel_environment(folder)))
    except KeyboardInterrupt:
        return "\nBroken off; no notebook was executed."
    except OSError as error:
        return f"no notebook was executed: {error}"
    return "\n".join(unchanged) or None


if __name__ == "__main__":
    sys.exit(main())
