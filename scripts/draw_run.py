#!/usr/bin/python3
"""Draws the pictures of a training run into its folder.

usage: draw_run.py RUN_FOLDER [--predictions FILE]

curves.png       loss, accuracy and learning rate, from metrics.csv and metrics.jsonl
predictions.png  the first test images with the class that the network saw in them and how sure it was
confusion.png    how often each class was taken for each other

The last two need FILE: a safetensors file with images [n, h, w, c] u8, labels [count] i32, probabilities
[count, classes] f32, and the metadata "dataset" and "classes" (a JSON list of names). The same input gives
the same bytes.
"""
import argparse
import csv
import json
import pathlib
import struct
import sys

try:
    import matplotlib
    import numpy
except ImportError as error:
    sys.exit(f"Python's {error.name} is not installed: apt install python3-matplotlib")

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend is chosen first)
from matplotlib.colors import PowerNorm  # noqa: E402
from matplotlib.ticker import MaxNLocator, PercentFormatter  # noqa: E402

TRAIN, VALIDATION, RATE = "#3b6fb6", "#d9622b", "#4a8f5a"
RIGHT, WRONG = "#2d6a3e", "#c0392b"
INK, FAINT = "#2b2b2b", "#8a8a8a"
DPI = 100
TITLES = {"cifar10": "CIFAR-10", "fashion-mnist": "Fashion-MNIST", "synthetic": "Synthetic shapes"}

plt.rcParams.update({
    "font.size": 11, "axes.titlesize": 13, "axes.titleweight": "bold", "axes.labelcolor": INK, "text.color": INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": FAINT, "xtick.color": INK,
    "ytick.color": INK, "axes.grid": True, "grid.color": "#e6e6e6", "axes.axisbelow": True, "legend.frameon": False,
    "figure.constrained_layout.use": True, "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.12,
})


def save(figure, path):
    """Without the version of matplotlib in the file; whole or not at all."""
    partial = path.with_suffix(".partial")
    figure.savefig(partial, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    partial.replace(path)


# --- curves.png


def number(text):
    return float(text) if text else float("nan")


def whole_lines(path):
    """Without a last one that is still being written; none where there is no such file."""
    text = path.read_text() if path.exists() else ""
    return text[:text.rfind("\n") + 1].splitlines()


def read_metrics(folder):
    """The rows of the epochs and the records of the steps; a run may have none of either."""
    rows = csv.DictReader(whole_lines(folder / "metrics.csv"))
    epochs = [{key: number(value) for key, value in row.items()} for row in rows]
    records = [json.loads(line) for line in whole_lines(folder / "metrics.jsonl")]
    return epochs, [record for record in records if record["kind"] == "step"]


def column(rows, key):
    return numpy.array([numpy.nan if row[key] is None else row[key] for row in rows], dtype=float)


def smooth(values, window):
    """The mean of each value and up to window - 1 before it."""
    total = numpy.cumsum(numpy.insert(numpy.nan_to_num(values), 0, 0.0))
    end = numpy.arange(1, len(values) + 1)
    begin = numpy.maximum(end - window, 0)
    return (total[end] - total[begin]) / (end - begin)


def plot_measure(axes, name, epochs, steps, x_of_step):
    """Training and validation, and behind them the training figure of every step."""
    if steps:
        values = column(steps, name)
        x = [x_of_step(step["step"]) for step in steps]
        axes.plot(x, smooth(values, max(1, len(values) // 60)), color=TRAIN, alpha=0.3, linewidth=1,
                  label="training, by step")
    if epochs:
        x = column(epochs, "epoch")
        marker = "o" if len(epochs) <= 40 else None
        for key, colour, label in (("train_" + name, TRAIN, "training"),
                                   ("validation_" + name, VALIDATION, "validation")):
            values = column(epochs, key)
            if not numpy.isnan(values).all():
                axes.plot(x, values, color=colour, marker=marker, markersize=4, linewidth=2, label=label)
    axes.set_title(name.capitalize())
    if steps or epochs:
        axes.legend(loc="best")


def draw_curves(folder):
    epochs, steps = read_metrics(folder)
    figure, (loss, accuracy, rate) = plt.subplots(1, 3, figsize=(14, 4.4))
    # In epochs where one has ended, in steps before that.
    steps_per_epoch = epochs[0]["step"] / epochs[0]["epoch"] if epochs else 1

    def x_of_step(step):
        return step / steps_per_epoch

    plot_measure(loss, "loss", epochs, steps, x_of_step)
    plot_measure(accuracy, "accuracy", epochs, steps, x_of_step)
    loss.set_ylabel("cross-entropy")
    loss.set_ylim(bottom=0)
    accuracy.set_ylabel("correct images")
    accuracy.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    best = column(epochs, "validation_accuracy") if epochs else numpy.array([])
    if best.size and not numpy.isnan(best).all():
        at = int(numpy.nanargmax(best))
        accuracy.set_title(f"Accuracy: at best {100 * best[at]:.2f} % (epoch {int(epochs[at]['epoch'])})")

    rate.set_title("Learning rate")
    rate.set_ylabel("learning rate")
    if steps:
        rate.plot([x_of_step(step["step"]) for step in steps], column(steps, "learning_rate"), color=RATE, linewidth=2)
    elif epochs:
        rate.plot(column(epochs, "epoch"), column(epochs, "learning_rate"), color=RATE, linewidth=2, marker="o")
    rate.set_ylim(bottom=0)
    for axes in (loss, accuracy, rate):
        axes.set_xlabel("epoch" if epochs else "step")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if not (steps or epochs):
            axes.text(0.5, 0.5, "nothing measured yet", transform=axes.transAxes, ha="center", color=FAINT)
    save(figure, folder / "curves.png")


# --- predictions.png and confusion.png


def read_safetensors(path):
    """{name: array} and the metadata."""
    types = {"F32": "<f4", "U8": "u1", "I32": "<i4"}
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length:]
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = numpy.frombuffer(body[begin:end], types[entry["dtype"]]).reshape(entry["shape"])
    return arrays, metadata


def draw_predictions(folder, arrays, classes, dataset):
    images, labels, probabilities = arrays["images"], arrays["labels"], arrays["probabilities"]
    columns = 8
    size = 11 if max(map(len, classes)) <= 12 else 9
    rows = -(-len(images) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(14, 0.7 + 2.05 * rows), squeeze=False)
    right = 0
    for axes, i in zip(grid.flat, range(rows * columns)):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        if i >= len(images):
            continue
        image, guess = images[i], int(numpy.argmax(probabilities[i]))
        correct = guess == labels[i]
        right += correct
        if image.shape[-1] == 1:
            axes.imshow(image[..., 0], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        else:
            axes.imshow(image, interpolation="nearest")
        colour = RIGHT if correct else WRONG
        truth = "" if correct else f"\nis: {classes[labels[i]]}"
        if not correct:
            for spine in axes.spines.values():
                spine.set(visible=True, color=WRONG, linewidth=4)
        axes.set_title(f"{classes[guess]}  {100 * probabilities[i, guess]:.0f} %{truth}", fontsize=size, color=colour,
                       fontweight="normal" if correct else "bold")
    figure.suptitle(f"{dataset}: {right} of the first {len(images)} test images predicted correctly", fontsize=14,
                    fontweight="bold")
    save(figure, folder / "predictions.png")


def draw_confusion(folder, arrays, classes, dataset):
    labels, guesses = arrays["labels"], arrays["probabilities"].argmax(axis=1)
    counts = numpy.zeros((len(classes), len(classes)), dtype=int)
    numpy.add.at(counts, (labels, guesses), 1)
    shares = counts / numpy.maximum(counts.sum(axis=1, keepdims=True), 1)

    figure, axes = plt.subplots(figsize=(11, 10.6))
    axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.6, 0, 1))  # so that rare mistakes show
    for (row, place), count in numpy.ndenumerate(counts):
        if count:
            share = shares[row, place]
            axes.text(place, row, f"{count}\n{100 * share:.1f} %", ha="center", va="center", fontsize=10,
                      color="white" if share > 0.4 else INK)
    axes.set_xticks(range(len(classes)), classes, rotation=35, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(classes)), classes)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    accuracy = numpy.trace(counts) / max(len(labels), 1)
    axes.set_title(f"{dataset}: {100 * accuracy:.2f} % of {len(labels)} test images predicted correctly", pad=14)
    save(figure, folder / "confusion.png")


def main():
    parser = argparse.ArgumentParser(description="Draws the pictures of a training run into its folder.")
    parser.add_argument("run_folder", type=pathlib.Path)
    parser.add_argument("--predictions", type=pathlib.Path, metavar="FILE")
    arguments = parser.parse_args()
    if not arguments.run_folder.is_dir():
        sys.exit(f"{arguments.run_folder} is not a folder")
    draw_curves(arguments.run_folder)
    if arguments.predictions:
        arrays, metadata = read_safetensors(arguments.predictions)
        classes = json.loads(metadata["classes"])
        dataset = TITLES.get(metadata["dataset"], metadata["dataset"])
        draw_predictions(arguments.run_folder, arrays, classes, dataset)
        draw_confusion(arguments.run_folder, arrays, classes, dataset)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"draw_run.py: {type(error).__name__}: {error}")
