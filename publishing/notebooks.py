"""Execute the notebooks in place and normalise what Jupyter writes around their content.

``python -m publishing.notebooks`` does it for all of notebooks/, ``python -m publishing.notebooks
notebooks/basics.ipynb`` for those named.
"""

import argparse
import hashlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT_SECONDS = 120
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
        if cell.get("id") is None or cell.id in seen:
            cell.id = hashlib.sha256(f"{len(seen)} {cell.source}".encode()).hexdigest()[:8]
        seen.add(cell.id)
    return notebook


def execute(path):
    """Run a notebook from top to bottom in a fresh kernel and write it back.

    Parameters
    ----------
    path : pathlib.Path
        The notebook. It is replaced only after every cell has run, so a failure loses nothing.

    Returns
    -------
    str or None
        What went wrong; None if nothing did.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT_SECONDS,
            kernel_name="python3",
            coalesce_streams=True,
            record_timing=False,
            # ipykernel warns at every start that its socket on this machine is not encrypted.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": str(path.parent)}},
        ).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError, ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    partial = path.with_suffix(".ipynb.partial")
    nbformat.write(normalise(notebook), partial)
    os.replace(partial, path)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Execute notebooks in place and normalise them.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of notebooks/")
    paths = parser.parse_args(arguments).notebooks or sorted(ROOT.glob("notebooks/*.ipynb"))
    failures = []
    # There is a kernel for every core already; threads of the BLAS would stand in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = {pool.submit(execute, path): path for path in paths}
        progress = tqdm(as_completed(running), total=len(running), unit="notebook", desc="Executing")
        for finished in progress:
            progress.set_postfix_str(running[finished].stem)
            if problem := finished.result():
                failures.append(f"{running[finished]} is unchanged, for it failed:\n{problem}")
    print(*failures, sep="\n", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
