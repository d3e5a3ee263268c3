"""A layer of a production network, whole and split in two: multiplications, time and accuracy together."""

import statistics

import numpy as np

from benchmarks.measuring import seconds
from svdbook import datasets
from svdbook.networks import FileTypeNetwork, factorize


def measure():
    network = FileTypeNetwork(datasets.load_magika())
    W, b = network.W, network.b
    m, n = W.shape
    samples = datasets.load_file_samples(per_type=40)
    ranks = [256, 192, 128, 64]
    layers = {"whole": (W,), **{f"rank {k}": factorize(W, k)[::-1] for k in ranks}}

    def outputs(layer, X):
        for factor in layer:
            X = X @ factor.T
        return X + b

    inputs = network.inputs(samples.tokens[0])
    times = {name: {} for name in layers}
    for rows, repeats in ((1, 500), (len(inputs), 30)):
        taken = {name: [] for name in layers}
        # In turn, so that whatever else the machine does meets all of them.
        for _ in range(repeats):
            for name, layer in layers.items():
                taken[name].append(seconds(outputs, layer, inputs[:rows])[0])
        for name in layers:
            times[name][rows] = 1000 * statistics.median(taken[name])

    found = {name: [] for name in [*layers, "8 bits", "4 bits"]}
    rounded = {}
    for bits in (8, 4):
        unit = abs(W).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
        rounded[f"{bits} bits"] = (np.round(W / unit) * unit,)
    # Fitted to the outputs of every second file, and judged on the others.
    fit, judge = slice(0, None, 2), slice(1, None, 2)
    rows = np.concatenate([network.inputs(tokens)[::8] for tokens in samples.tokens[fit]])
    fitted = {k: factorize(W, k, rows)[::-1] for k in ranks}
    found_fitted = {k: [] for k in ranks}
    for i, tokens in enumerate(samples.tokens):
        X = network.inputs(tokens)
        for name, layer in (layers | rounded).items():
            found[name].append(network.labels[network.scores(outputs(layer, X)).argmax()])
        for k in ranks if i % 2 else []:
            found_fitted[k].append(network.labels[network.scores(outputs(fitted[k], X)).argmax()])
    print(f"{m} x {n} weights, single precision; medians; {len(samples.labels)} files of known type")
    print(f"{'':10}{'weights':>9}{'one window':>20}{'a file, 508 windows':>24}{'files right':>14}")
    for name in found:
        right = np.mean(np.array(found[name]) == samples.labels)
        if name in rounded:
            print(f"{name:10}{int(name[0]) / 32:9.1%} of the bits{'':31}{right:14.1%}")
            continue
        size = sum(factor.size for factor in layers[name]) / W.size
        shown = "".join(
            f"{times[name][rows]:{width}.3f} ms {times[name][rows] / times['whole'][rows]:4.0%}"
            for rows, width in ((1, 12), (len(inputs), 16))
        )
        print(f"{name:10}{size:9.1%}{shown}{right:14.1%}")
    print(
        f"split so that the outputs of half of the files are fitted, judged on the other {len(found_fitted[64])} files"
    )
    for k in ranks:
        right, before = (
            np.mean(np.array(answers) == samples.labels[judge])
            for answers in (found_fitted[k], found[f"rank {k}"][judge])
        )
        print(f"rank {k:3}   outputs fitted {right:6.1%}, weights fitted {before:6.1%}")
