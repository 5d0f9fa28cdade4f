"""Gradient boosting on masked rows, what `best` is compared with in docs/results/best.md: scikit-learn's HistGradientBoosting, one model for each column, which
reads the other features with holes as NaN. Trained on copies of the training rows whose features are hidden at rates U(0, 0.99), a rate for each row; asked for
the test rows' hidden features and targets. Needs scikit-learn >= 1.1 (Debian: python3-sklearn) and a built program (dist/cli.js), whose schema of the training
rows says types and scales, so that errors are on the same coded scale.

    python3 bench/boosting/boosting.py --data ../shared/data --tables yacht,concrete --folds 0-2 [--quantiles] [--settings all] [--out boosting.csv]
"""
import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")

# what was tried on folds 0 to 2; "usual" is the choice
SETTINGS = {
    "usual": dict(copies=10, max_iter=200, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=20),
    "slow": dict(copies=10, max_iter=500, learning_rate=0.04, max_leaf_nodes=31, min_samples_leaf=20),
    "small": dict(copies=10, max_iter=200, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=20),
    "few": dict(copies=10, max_iter=60, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=20),
    "fine": dict(copies=10, max_iter=200, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=5),
    "copies": dict(copies=30, max_iter=300, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=20),
}
LEVELS = np.arange(0.05, 1, 0.1)


def read(path):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    with opened as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def found(folder, name):
    for end in ("", ".gz"):
        if os.path.exists(os.path.join(folder, name + end)):
            return os.path.join(folder, name + end)
    sys.exit(f"{folder} has no {name}: --data must name a folder with a folder for each table")


def schema_of(header, rows, targets, ignored):
    """Types and scales as the program takes them from the training rows."""
    with tempfile.TemporaryDirectory() as folder:
        table, schema = os.path.join(folder, "t.csv"), os.path.join(folder, "s.json")
        with open(table, "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        types = [word for name in ignored for word in ("--type", f"{name}=ignore")]
        subprocess.run(["node", os.path.join(ROOT, "dist", "cli.js"), "schema", table, "--target", ",".join(targets), *types, "-o", schema], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(schema) as file:
            return {column["name"]: column for column in json.load(file)["columns"]}


def coded(column, texts):
    """(value, or the number of the level) of each cell; NaN where missing."""
    if "categories" in column:
        place = {level: i for i, level in enumerate(column["categories"])}
        return np.array([place.get(text.strip(), np.nan) for text in texts], float)
    value = np.array([float(text) if text.strip() else np.nan for text in texts])
    if column["type"] in ("positive", "count"):
        value = np.log1p(value)
    elif column["type"] == "bounded":
        low, high = column["bounds"]
        inner = 0.01 + 0.98 * (value - low) / (high - low)
        value = np.log(inner / (1 - inner))
    return (value - column["mean"]) / column["std"]


def masked(x, copies, rng):
    """Copies of rows, entries hidden at a rate of the row's own."""
    many = np.repeat(x, copies, 0)
    many[rng.random(many.shape) < 0.99 * rng.random((len(many), 1))] = np.nan
    return many


def boosted(kind, setting, levels, **more):
    own = {name: value for name, value in setting.items() if name != "copies"}
    return kind(random_state=0, early_stopping=False, categorical_features=levels, **own, **more)


def crps(quantiles, truth):
    """2 x mean over levels of the pinball loss, of sorted quantiles."""
    gap = truth[:, None] - np.sort(quantiles, 1)
    return 2 * np.mean(np.maximum(LEVELS * gap, (LEVELS - 1) * gap), 1)


def run(data, table, fold, setting, targets, ignored, quantiles):
    folder = os.path.join(data, table)
    header, rows = read(found(folder, "data.csv"))
    names, splits = read(found(folder, "splits.csv"))
    is_test = np.array([int(row[0]) == fold for row in splits])
    schema = schema_of(header, [row for row, test in zip(rows, is_test) if not test], targets, ignored)
    features = [name for name in names[1:] if name not in ignored and schema[name]["type"] != "ignore"]
    column = {name: [row[header.index(name)] for row in rows] for name in features + targets}
    x = np.stack([coded(schema[name], column[name]) for name in features], 1)
    shown = np.array([[row[names.index(name)] == "1" for name in features] for row in splits])[is_test]
    train, test = x[~is_test], x[is_test]
    seen = np.where(shown, test, np.nan)
    is_levels = np.array(["categories" in schema[name] for name in features])
    rng = np.random.default_rng(0)
    errors, scores, target_errors, target_scores = [], [], [], []
    for j, name in enumerate(features + targets):
        is_target = j >= len(features)
        others = [i for i in range(len(features)) if i != j]
        own = coded(schema[name], column[name])
        discrete = "categories" in schema[name]
        # a number's target in its own units, in which its error is told
        value = own if discrete or not is_target else np.array([float(text) if text else np.nan for text in column[name]])
        asked = ~np.isnan(value[is_test]) & (True if is_target else ~shown[:, j])
        known = ~np.isnan(own[~is_test])
        if not asked.any():
            continue
        inputs = masked(train[known][:, others], setting["copies"], rng)
        truth = value[is_test][asked]
        answers = np.repeat(value[~is_test][known], setting["copies"])
        cells = seen[asked][:, others]
        kinds = is_levels[others]
        if discrete:
            guess = np.full(len(truth), answers[0]) if len(np.unique(answers)) == 1 else boosted(HistGradientBoostingClassifier, setting, kinds).fit(inputs, answers).predict(cells)
            (target_errors if is_target else errors).append(float(np.mean(guess != truth)))
            continue
        guess = boosted(HistGradientBoostingRegressor, setting, kinds).fit(inputs, answers).predict(cells)
        (target_errors if is_target else errors).append(float(np.sqrt(np.mean((guess - truth) ** 2))))
        if quantiles:
            on_scale = np.repeat(own[~is_test][known], setting["copies"])
            told = np.stack([boosted(HistGradientBoostingRegressor, setting, kinds, loss="quantile", quantile=q).fit(inputs, on_scale).predict(cells) for q in LEVELS], 1)
            (target_scores if is_target else scores).extend(crps(told, own[is_test][asked]))
    mean = lambda values: float(np.mean(values)) if len(values) else None
    return dict(table=table, fold=fold, rows=int(is_test.sum()), error_xu=mean(errors), target=";".join(f"{e:.6g}" for e in target_errors), crps=mean(scores), target_crps=mean(target_scores))


def numbers(text):
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--tables", default="boston,energy,wine,diabetes,concrete,yacht")
    parser.add_argument("--folds", type=numbers, default=range(3), help="such as 0-2")
    parser.add_argument("--settings", default="usual", help="names of settings, separated by commas, or all")
    parser.add_argument("--quantiles", action="store_true", help="quantile boosting too, for the CRPS")
    parser.add_argument("--out", help="a CSV file, besides the lines printed")
    options = parser.parse_args()
    with open(os.path.join(ROOT, "src", "experiments", "tables", "settings.json")) as file:
        settings_of = json.load(file)
    names = list(SETTINGS) if options.settings == "all" else options.settings.split(",")
    lines = []
    for table in options.tables.split(","):
        for fold in options.folds:
            for name in names:
                began = time.time()
                of = settings_of[table]
                line = dict(setting=name, **run(options.data, table, fold, SETTINGS[name], of["target"], of.get("ignore", []), options.quantiles), seconds=round(time.time() - began, 1))
                lines.append(line)
                print(line, flush=True)
    if options.out:
        beside = options.out + ".new"
        with open(beside, "w", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]))
            writer.writeheader()
            writer.writerows(lines)
        os.replace(beside, options.out)


main()
