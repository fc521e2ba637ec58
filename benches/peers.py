"""Time shortlister beside ONNX Runtime on the same weights, texts and tokenizer.

    pip install numpy onnxruntime tokenizers
    python benches/peers.py SHORTLISTER MODEL_DIR TEXTS.txt

SHORTLISTER is the executable; MODEL_DIR holds tokenizer.json and, exported from the same weights, model.onnx (f32) and
model-int8.onnx (dynamic int8) with the inputs input_ids, position_ids and attention_mask and the last hidden state as
output; TEXTS.txt has a text a line. Rounds alternate; tokenization is left out of ONNX Runtime's time and is part of
shortlister's. Prints medians over five rounds, ratios, and the smallest cosine to f32 ONNX Runtime.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

ROUNDS, WINDOW = 5, 512
program, model, texts = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.enable_truncation(WINDOW)
ids = [tokenizer.encode("passage: " + line).ids for line in texts.read_text().splitlines() if line]
tokens = sum(map(len, ids))


def runtime(file):
    session = onnxruntime.InferenceSession(str(model / file), providers=["CPUExecutionProvider"])

    def run():
        start, rows = time.perf_counter(), []
        for text in ids:
            feed = {"input_ids": [text], "position_ids": [range(len(text))], "attention_mask": [[1] * len(text)]}
            hidden = session.run(None, {name: np.array(value, np.int64) for name, value in feed.items()})[0]
            row = hidden[0].mean(0)
            rows.append(row / np.linalg.norm(row))
        return tokens / (time.perf_counter() - start), np.array(rows)

    return run


def shortlister(engine):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out.npy"
            command = [program, "embed", str(texts), "--out", str(out), "--engine", engine, "--no-cache"]
            log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
            return float(re.findall(r"\((\d+)/s", log)[-1]), np.load(out)

    return run


engines = {
    "onnxruntime f32": runtime("model.onnx"),
    "onnxruntime int8": runtime("model-int8.onnx"),
    "shortlister f32": shortlister("f32"),
    "shortlister int8": shortlister("int8"),
}
rates, rows = {name: [] for name in engines}, {}
for _ in range(ROUNDS):
    for name, run in engines.items():
        rate, rows[name] = run()
        rates[name].append(rate)
median = {name: float(np.median(values)) for name, values in rates.items()}
for name, rate in median.items():
    cosine = (rows[name] * rows["onnxruntime f32"]).sum(1).min()
    print(f"{name:17} {rate:7.0f} tokens/s, shortlister int8 is {median['shortlister int8'] / rate:4.1f} times as fast, "
          f"cosine {cosine:.6f}")
