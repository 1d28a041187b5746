"""Which operators a surrogate may hold, and how.

An allow-list: onnxruntime has kernels for some two hundred operators, and not all of them survive every input.
Here are those that networks on numbers are made of. None reads files, draws random numbers, works on text, or
runs for as long as a number in the file says, as Loop does. Some attributes are checked as well, since onnxruntime
divides by them or trusts them. What is refused by experience rather than by principle is in tests/hostile.
"""

from gansurrogate.errors import ExternalDataError, OperatorError, SurrogateFileError
from gansurrogate.onnxfile import Node, OnnxFile

MOST_NODES = 4096  # onnxruntime plans their memory in a time that grows with the square: 5 to 10 s for these
MOST_TENSORS = 4 * MOST_NODES  # constants, inputs and outputs of nodes
ALLOWED = frozenset(
    """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization BitShift BitwiseAnd
    BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu Clip Concat Constant ConstantOfShape Conv ConvInteger
    ConvTranspose Cos Cosh CumSum DFT DepthToSpace DequantizeLinear Div DynamicQuantizeLinear Einsum Elu Equal Erf
    Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool
    Greater GreaterOrEqual GridSample GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization
    IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization MatMul
    MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg NonZero Not Or PRelu Pad Pow
    QLinearConv QLinearMatMul QuantizeLinear RNN Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
    ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Round Scan ScatterElements
    ScatterND Selu Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt
    Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Where Xor
    """.split()  # noqa: SIM905  # a list of words
)
_STANDARD_DOMAINS = ("", "ai.onnx")
_DRAWING = ("Bernoulli", "Dropout", "Multinomial")  # draw without being called Random*
_COUNTS = ("blocksize", "dilations", "group", "hidden_size", "kernel_shape", "num_groups", "num_outputs", "strides")
_RANGES = {**dict.fromkeys(_COUNTS, (1, 65535)), "batch_dims": (0, 16), "block_size": (0, 0)}
_ANY = (-(2**63), 2**63 - 1)
_CRASHING = ("DFT", "LayerNormalization")


def check_contents(found: OnnxFile) -> None:
    """Refuse what a surrogate may not hold.

    Raises
    ------
    ExternalDataError
        If weights lie in other files.
    OperatorError
        If an operator is not one of `ALLOWED`, is used in a way that ends the process, or functions are defined.
    SurrogateFileError
        If the graph is larger than a generator's.
    """
    if found.external_tensors:
        names = ", ".join(found.external_tensors[:3])
        msg = f"the file keeps weights ({names}) in other files; a surrogate is one self-contained file: export again"
        raise ExternalDataError(msg)
    _check_kinds(found)
    for node in found.nodes:
        if fault := _fault(node):
            msg = f"the graph has a {node.kind} that {fault}"
            raise OperatorError(msg)
    if found.sparse_tensors:
        msg = "the graph has sparse constants; a surrogate holds its weights as they are: export again"
        raise OperatorError(msg)
    nodes, tensors = len(found.nodes), found.tensors + sum(len(node.inputs) + len(node.outputs) for node in found.nodes)
    if nodes > MOST_NODES or tensors > MOST_TENSORS:
        msg = (
            f"the graph has {nodes} nodes and names {tensors} tensors; a surrogate has at most {MOST_NODES} and"
            f" {MOST_TENSORS}: write the network with fewer operators"
        )
        raise SurrogateFileError(msg)


def _check_kinds(found: OnnxFile) -> None:
    used = {(node.domain, node.kind) for node in found.nodes}
    foreign = sorted(f"{domain}::{kind}" for domain, kind in used if domain not in _STANDARD_DOMAINS)
    if foreign or found.functions:
        msg = (
            f"the graph uses operators outside the ONNX standard ({', '.join(foreign) or 'local functions'});"
            " a surrogate holds standard operators only"
        )
        raise OperatorError(msg)
    kinds = {kind for _, kind in used}
    if unseeded := sorted(kind for kind in kinds if kind.startswith("Random") or kind in _DRAWING):
        msg = f"the graph draws its own random numbers ({', '.join(unseeded)}); latents come from the row law only"
        raise OperatorError(msg)
    if others := sorted(kinds - ALLOWED):
        msg = (
            f"the graph uses {', '.join(others)}; for the safety of its host a surrogate holds no control flow but"
            " Scan, nothing on text or lists, and no rare operator: write the network with others"
        )
        raise OperatorError(msg)


def _fault(node: Node) -> str:
    """What is wrong with a node, or nothing."""
    for name, values in node.integers.items():
        least, most = _RANGES.get(name, _ANY)
        if outside := [value for value in values if not least <= value <= most]:
            return f"has {name} = {outside[0]}; expected {least} to {most}"
    if node.bodies > (node.kind == "Scan"):
        return "holds a graph, as only a Scan does, and only one"
    if node.bodies and node.depth:
        return "is inside another Scan: their steps multiply"
    if any(count != len(node.outputs) for count in node.integers.get("num_outputs", ())):
        return f"has {len(node.outputs)} outputs and says otherwise"
    if node.kind in _CRASHING and node.inputs[-1:] == [""]:
        return "ends with an empty input, which crashes onnxruntime"
    return ""
