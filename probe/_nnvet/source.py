"""Places in the user's source: where a layer, an optimizer or a loss was made, and what the calls there say."""

import ast
import itertools
import os
import sys
import sysconfig
import zlib

CWD = os.getcwd() + os.sep
_LIBRARIES = tuple({os.path.dirname(os.path.abspath(__file__)) + os.sep, "<frozen"} | {
    sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})
_is_library = {}

# Parameters by position of the calls whose arguments a treatment changes.
_POSITIONS = {
    "SGD": ("params", "lr", "momentum"), "Adam": ("params", "lr", "betas"), "AdamW": ("params", "lr", "betas"),
    "RMSprop": ("params", "lr", "alpha"), "Adagrad": ("params", "lr"), "Adadelta": ("params", "lr"), "NAdam": ("params", "lr"),
    "RAdam": ("params", "lr"), "Adamax": ("params", "lr"), "LBFGS": ("params", "lr"), "Rprop": ("params", "lr"), "ASGD": ("params", "lr"),
    "clip_grad_norm_": ("parameters", "max_norm"), "clip_grad_value_": ("parameters", "clip_value"),
    "Softmax": ("dim",), "LogSoftmax": ("dim",), "softmax": ("input", "dim"), "log_softmax": ("input", "dim"),
    "Dropout": ("p",), "Linear": ("in_features", "out_features", "bias"), "DataLoader": ("dataset", "batch_size", "shuffle"),
    "constant_": ("tensor", "val"), "normal_": ("tensor", "mean", "std"), "uniform_": ("tensor", "a", "b"),
}
_WANTED = set(_POSITIONS) | set("""
    sigmoid tanh relu leaky_relu elu gelu silu softplus hardtanh clamp clip round exp log sqrt detach argmax
    Sigmoid Tanh ReLU LeakyReLU ELU GELU SiLU Softplus Hardtanh Dropout1d Dropout2d BatchNorm1d BatchNorm2d LayerNorm
    Conv1d Conv2d Conv3d Embedding backward step zero_grad train eval no_grad manual_seed zeros_ ones_ fill_
    xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ orthogonal_ trunc_normal_
    cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits
    CrossEntropyLoss NLLLoss MSELoss L1Loss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss
    StandardScaler MinMaxScaler RobustScaler MaxAbsScaler QuantileTransformer PowerTransformer fit fit_transform
    LabelEncoder OneHotEncoder OrdinalEncoder LabelBinarizer PCA TfidfVectorizer CountVectorizer SimpleImputer
    Pipeline make_pipeline ColumnTransformer train_test_split random_split
    normalize standardize scale minmax_scale normalize_data scale_data preprocess Normalize ToTensor
    StepLR MultiStepLR ExponentialLR CosineAnnealingLR CosineAnnealingWarmRestarts ReduceLROnPlateau OneCycleLR CyclicLR
    LambdaLR LinearLR ConstantLR PolynomialLR SequentialLR accuracy_score r2_score mean_squared_error mean_absolute_error
    f1_score roc_auc_score log_loss confusion_matrix classification_report item numpy floor ceil sign long one_hot transform
    inverse_transform partial_fit clamp_ dropout weight_norm spectral_norm get_dummies factorize shuffle KFold
    StratifiedKFold from_numpy TensorDataset argmin topk bincount unscale_
""".split())
_MAX_CALLS = 2000


def is_library(filename):
    """Reports whether a file is not the user's own."""
    known = _is_library.get(filename)
    if known is None:
        known = filename.startswith(_LIBRARIES) or "site-packages" in filename or "dist-packages" in filename or filename.startswith("<")
        _is_library[filename] = known
    return known


def caller(frame, made=None):
    """Returns the innermost frame of the user's code as (code, instruction, line), or None. Constructors of the object
    `made` are passed over: a layer is made where its class is called."""
    while frame is not None:
        code = frame.f_code
        if not is_library(code.co_filename):
            own = made is not None and code.co_name == "__init__" and code.co_argcount and frame.f_locals.get(code.co_varnames[0]) is made
            if not own:
                return code, frame.f_lasti, frame.f_lineno
        frame = frame.f_back
    return None


def through_library(frame):
    """Reports whether the call came out of an installed library other than the framework itself."""
    while frame is not None:
        name = frame.f_code.co_filename
        if not is_library(name):
            return False
        if ("site-packages" in name or "dist-packages" in name) and os.sep + "torch" + os.sep not in name:
            return True
        frame = frame.f_back
    return False


def place(at):
    """Renders what `caller` returned: "file:line", with columns where Python knows them (3.11 on)."""
    if at is None:
        return None
    code, instruction, line = at
    file = relative(code.co_filename)
    if hasattr(code, "co_positions"):
        first, last, col, end = next(itertools.islice(code.co_positions(), instruction // 2, None), (None,) * 4)
        if None not in (first, last, col, end):
            return "%s:%d:%d:%d:%d" % (file, first, col + 1, last, end + 1)
    return "%s:%d" % (file, line)


def relative(filename):
    filename = os.path.abspath(filename)
    return filename[len(CWD):] if filename.startswith(CWD) else filename


def variable(frame, value):
    """Returns the name by which the user's code knows an object, or None."""
    return next((name for name, v in _names(frame) if v is value and not name.startswith("_")), None)


def variables(frame, kind):
    """Yields the objects of a class that the user's code has a name for."""
    for _, v in _names(frame):
        if type(v) is kind:
            yield v


def _names(frame):
    """Yields the names that the user's code knows, and their values: of the function that runs, and of who called it. The
    local variables of a running function are read only from Python 3.13 on: before, to read them left a copy on the
    frame, which kept all of them alive."""
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    for _ in range(3):
        if frame is None:
            return
        for names in (frame.f_locals if sys.version_info >= (3, 13) else {}, frame.f_globals):
            yield from list(names.items())
        frame = frame.f_back


def read(filename):
    """Returns the record of a source file: its checksum, and the calls in it that matter to a diagnosis; or None."""
    try:
        with open(filename, "rb") as f:
            text = f.read(4 << 20)
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    file = relative(filename)
    calls = []
    for node, inside in _calls(tree):
        if len(calls) == _MAX_CALLS:
            break
        calls.append(_call(node, inside, file))
    return {"k": "source", "file": file, "crc": zlib.crc32(text), "calls": calls}


def _calls(tree):
    pending = [(tree, "")]
    while pending:
        node, inside = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inside = inside + "." + node.name if inside else node.name
        if isinstance(node, ast.Call) and _name(node.func) in _WANTED:
            yield node, inside
        pending.extend((child, inside) for child in reversed(list(ast.iter_child_nodes(node))))


def _name(func):
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _call(node, inside, file):
    name = _name(node.func)
    known = _POSITIONS.get(name, ())
    args = []
    for i, a in enumerate(node.args):
        if not isinstance(a, ast.Starred):
            args.append(_arg(known[i] if i < len(known) else str(i), a, file))
    for k in node.keywords:
        if k.arg is not None:
            args.append(_arg(k.arg, k.value, file))
    return {"f": name, "in": inside, "src": _span(node, file), "args": args}


def _arg(name, value, file):
    a = {"n": name, "src": _span(value, file)}
    if isinstance(value, ast.Constant) and isinstance(value.value, (int, float, bool, type(None))):
        a["v"] = repr(value.value)
    elif isinstance(value, ast.Name):
        a["v"] = value.id
    elif isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        a["v"] = value.value.id + "." + value.attr
    return a


def _span(node, file):
    return "%s:%d:%d:%d:%d" % (file, node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def main_file():
    """Returns the file of the running script, or None."""
    main = sys.modules.get("__main__")
    return getattr(main, "__file__", None)
