"""Runs ONNX models for onnx_test.go.

Reads a JSON array of {"path", "shape", "x"} from stdin, checks each model and
writes the numbers of its outputs, as a JSON array of {"shape", "y"}.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime as ort

results = []
for case in json.load(sys.stdin):
    onnx.checker.check_model(case["path"], full_check=True)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(case["path"], options, providers=["CPUExecutionProvider"])
    x = np.array(case["x"], dtype=np.float32).reshape(case["shape"])
    (y,) = session.run(["output"], {"input": x})
    results.append({"shape": list(y.shape), "y": [repr(float(v)) for v in y.ravel()]})
json.dump(results, sys.stdout)
