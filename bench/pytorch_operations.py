"""What the operations of our benchmarks are in PyTorch, for compare_pytorch_kernels.py.

Sizes are those in the names of the rows (`sizes` in bench/samples). Activations of images are channels-last, as ours are.
"""
import dataclasses
import typing

import torch
from torch.nn import functional


@dataclasses.dataclass
class Operation:
    inputs: typing.Callable    # (sizes of the row, dtype, device) -> tensors
    function: typing.Callable  # (sizes) -> a function of those tensors; the backward pass is autograd's


def always(function: typing.Callable) -> typing.Callable:
    """The same function for all sizes."""
    return lambda sizes: function


def rows_and(*parameters: float) -> typing.Callable:
    """x [rows, columns], and for each parameter a vector of it."""
    def inputs(sizes, dtype, device):
        rows, columns = sizes
        return [torch.randn(rows, columns, dtype=dtype, device=device)] + [
            torch.full((columns,), value, dtype=dtype, device=device) for value in parameters]
    return inputs


def images(sizes, dtype, device):
    """x [n, c, h, w] from sizes n, h, w, c, …"""
    n, h, w, c = sizes[:4]
    return [torch.randn(n, c, h, w, dtype=dtype, device=device).contiguous(memory_format=torch.channels_last)]


def positions(sizes, dtype, device):
    """x [n, c, positions, 1]"""
    n, count, c = sizes
    return images((n, count, 1, c), dtype, device)


def logits_and_labels(sizes, dtype, device):
    rows, classes = sizes
    return [torch.randn(rows, classes, dtype=dtype, device=device), torch.randint(classes, (rows,), device=device)]


def vectors(count: int) -> typing.Callable:
    return lambda sizes, dtype, device: [torch.randn(sizes, dtype=dtype, device=device) for _ in range(count)]


def matrices(transpose_a: bool = False, transpose_b: bool = False) -> typing.Callable:
    """a [m, k] and b [k, n] from sizes m, n, k, stored transposed where that is said."""
    def inputs(sizes, dtype, device):
        m, n, k = sizes
        return [torch.randn((k, m) if transpose_a else (m, k), dtype=dtype, device=device),
                torch.randn((n, k) if transpose_b else (k, n), dtype=dtype, device=device)]
    return inputs


def rms_norm(x, gamma):
    if hasattr(functional, "rms_norm"):
        return functional.rms_norm(x, gamma.shape, gamma, 1e-6)
    return x * (x.float().square().mean(-1, keepdim=True) + 1e-6).rsqrt().to(x.dtype) * gamma


def cross_entropy_and_gradient(x, labels):
    """Ours makes both in one pass."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        loss = functional.cross_entropy(x, labels, reduction="none")
        return torch.autograd.grad(loss.sum(), x)


def batch_norm(training: bool) -> typing.Callable:
    """Of rows [rows, channels]; the running statistics are f32, as ours are."""
    def function(x, gamma, beta):
        mean, variance = torch.zeros_like(gamma), torch.ones_like(gamma)
        return functional.batch_norm(x, mean, variance, gamma, beta, training)
    return always(function)


def batch_norm_add_relu(training: bool) -> typing.Callable:
    normalise = batch_norm(training)(None)
    return always(lambda x, gamma, beta, residual: functional.relu(normalise(x, gamma, beta) + residual))


def rows_and_residual(sizes, dtype, device):
    return rows_and(1.0, 0.0)(sizes, dtype, device) + [torch.randn(*sizes, dtype=dtype, device=device)]


def group_norm_inputs(sizes, dtype, device):
    """x [images, c, rows, 1], gamma, beta"""
    c = sizes[2]
    return positions(sizes[:3], dtype, device) + [torch.full((c,), value, dtype=dtype, device=device)
                                                  for value in (1.0, 0.0)]


def group_norm(sizes) -> typing.Callable:
    return lambda x, gamma, beta: functional.group_norm(x, sizes[3], gamma, beta)


def pool(function: typing.Callable) -> typing.Callable:
    def of_sizes(sizes):
        window, stride, padding = sizes[4:7]
        return lambda x: function(x, window, stride, padding)
    return of_sizes


def filters(sizes, dtype, device):
    """[k, c / groups, window, window] from sizes n, h, w, c, k, window, stride, padding, groups"""
    c, k, window, _, _, groups = sizes[3:9]
    return images((k, window, window, c // groups), dtype, device)


def output_gradients(sizes, dtype, device):
    n, h, w, _, k, window, stride, padding, _ = sizes
    p, q = ((size + 2 * padding - window) // stride + 1 for size in (h, w))
    return images((n, p, q, k), dtype, device)


def conv2d(sizes) -> typing.Callable:
    stride, padding, groups = sizes[6:9]
    return lambda x, filter: functional.conv2d(x, filter, None, stride, padding, 1, groups)


def conv2d_backward(of_x: bool) -> typing.Callable:
    """One of the two gradients alone."""
    def of_sizes(sizes):
        stride, padding, groups = sizes[6:9]
        return lambda x, filter, dy: torch.ops.aten.convolution_backward(
            dy, x, filter, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], groups,
            [of_x, not of_x, False])[0 if of_x else 1]
    return of_sizes


def conv2d_inputs(*parts: typing.Callable) -> typing.Callable:
    return lambda sizes, dtype, device: [tensor for part in parts for tensor in part(sizes, dtype, device)]


OPERATIONS = {
    "conv2d": Operation(conv2d_inputs(images, filters), conv2d),
    "conv2d_backward_data": Operation(conv2d_inputs(images, filters, output_gradients), conv2d_backward(True)),
    "conv2d_backward_filter": Operation(conv2d_inputs(images, filters, output_gradients), conv2d_backward(False)),
    "layer_norm": Operation(rows_and(1.0, 0.0), always(lambda x, g, b: functional.layer_norm(x, g.shape, g, b))),
    "rms_norm": Operation(rows_and(1.0), always(rms_norm)),
    "batch_norm_training": Operation(rows_and(1.0, 0.0), batch_norm(True)),
    "batch_norm_inference": Operation(rows_and(1.0, 0.0), batch_norm(False)),
    "batch_norm": Operation(rows_and(1.0, 0.0), batch_norm(True)),  # its backward pass
    "batch_norm_add_relu_training": Operation(rows_and_residual, batch_norm_add_relu(True)),
    "batch_norm_add_relu_inference": Operation(rows_and_residual, batch_norm_add_relu(False)),
    "batch_norm_add_relu": Operation(rows_and_residual, batch_norm_add_relu(True)),  # its backward pass
    "group_norm": Operation(group_norm_inputs, group_norm),
    "gemm": Operation(matrices(), always(torch.matmul)),
    "gemm_nt": Operation(matrices(transpose_b=True), always(lambda a, b: a @ b.T)),
    "gemm_tn": Operation(matrices(transpose_a=True), always(lambda a, b: a.T @ b)),
    "softmax": Operation(rows_and(), always(lambda x: functional.softmax(x, -1))),
    "cross_entropy": Operation(logits_and_labels, always(cross_entropy_and_gradient)),
    "add": Operation(vectors(2), always(lambda a, b: a + b)),
    "max_pool": Operation(images, pool(functional.max_pool2d)),
    "average_pool": Operation(images, pool(functional.avg_pool2d)),
    "global_average": Operation(positions, always(lambda x: functional.adaptive_avg_pool2d(x, 1))),
    "reduce_sum": Operation(vectors(1), always(lambda x: x.sum(1))),
    "reduce_max": Operation(vectors(1), always(lambda x: x.max(1).values)),
}
