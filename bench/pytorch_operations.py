"""What the operations of our benchmarks are in PyTorch, for compare_pytorch_kernels.py."""
import dataclasses
import typing


@dataclasses.dataclass
class Operation:
    inputs: typing.Callable    # (torch, sizes of the row, dtype, device) -> tensors
    function: typing.Callable  # of those tensors; the backward pass is autograd's


def rows_and(*parameters: float) -> typing.Callable:
    """x [rows, columns], and for each parameter a vector of its value in f32 as our kernels keep them: PyTorch's need x's."""
    def inputs(torch, sizes, dtype, device):
        rows, columns = sizes
        return [torch.randn(rows, columns, dtype=dtype, device=device)] + [
            torch.full((columns,), value, dtype=dtype, device=device) for value in parameters]
    return inputs


def layer_norm(x, gamma, beta):
    import torch
    return torch.nn.functional.layer_norm(x, gamma.shape, gamma, beta)


def rms_norm(x, gamma):
    import torch
    if hasattr(torch.nn.functional, "rms_norm"):
        return torch.nn.functional.rms_norm(x, gamma.shape, gamma, 1e-6)
    return x * (x.float().square().mean(-1, keepdim=True) + 1e-6).rsqrt().to(x.dtype) * gamma


OPERATIONS = {
    "layer_norm": Operation(rows_and(1.0, 0.0), layer_norm),
    "rms_norm": Operation(rows_and(1.0), rms_norm),
}
