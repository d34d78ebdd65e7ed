#!/usr/bin/python3
"""Trains a network of Heddle in PyTorch and prints how fast: the other side of compare_pytorch.py.

usage: pytorch_training.py JOB    a JSON object with: model, data_dir, train_images, batch_size, epochs, threads,
                                  memory_format (contiguous or channels_last), and the options of config.json
Prints one JSON object: images_per_s of each epoch, parameters (name and shape), torch, torch_threads.
"""
import json
import pathlib
import sys
import time

import torch
from torch import nn

IMAGES_PER_FILE, RECORD_BYTES = 10000, 3073
TRAIN_FILES = [f"data_batch_{i}.bin" for i in range(1, 6)]


class PooledStage(nn.Module):
    def __init__(self, c: int, k: int):
        super().__init__()
        self.conv = nn.Conv2d(c, k, 3, padding=1, bias=False)
        self.pool = nn.MaxPool2d(2)
        self.bn = nn.BatchNorm2d(k)

    def forward(self, x):
        return torch.relu_(self.bn(self.pool(self.conv(x))))


class ResidualConv(nn.Module):
    def __init__(self, c: int):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(c)

    def forward(self, x):
        return x + torch.relu_(self.bn(self.conv(x)))


class Speedy(nn.Module):
    """nn/models/speedy.cpp, with the same names."""

    def __init__(self, classes: int = 10):
        super().__init__()
        self.stage1 = PooledStage(3, 24)
        self.stage2 = PooledStage(24, 40)
        self.stage3 = PooledStage(40, 80)
        self.residual = ResidualConv(80)
        self.fc = nn.Linear(80, classes)

    def forward(self, x):
        x = self.residual(self.stage3(self.stage2(self.stage1(x))))
        return self.fc(x.mean(dim=(2, 3)))


MODELS = {"speedy": Speedy}
MEMORY_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def read_images(folder: pathlib.Path, files: list[str], memory_format: str):
    """Images as u8, stored in the order in which the network takes them, and labels."""
    images = torch.empty((len(files) * IMAGES_PER_FILE, 3, 32, 32), dtype=torch.uint8,
                         memory_format=MEMORY_FORMATS[memory_format])
    labels = torch.empty(len(images), dtype=torch.int64)
    for i, name in enumerate(files):
        records = torch.frombuffer(bytearray((folder / name).read_bytes()), dtype=torch.uint8)
        records = records.view(IMAGES_PER_FILE, RECORD_BYTES)
        rows = slice(i * IMAGES_PER_FILE, (i + 1) * IMAGES_PER_FILE)
        labels[rows] = records[:, 0].long()
        images[rows] = records[:, 1:].view(-1, 3, 32, 32)
    return images, labels


def make_optimizer(model: nn.Module, job: dict) -> torch.optim.Optimizer:
    decayed = [p for p in model.parameters() if p.ndim > 1 or not job["decay_weights_only"]]
    others = [p for p in model.parameters() if p.ndim <= 1 and job["decay_weights_only"]]
    groups = [{"params": decayed, "weight_decay": job["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if job["optimizer"] == "adamw":
        return torch.optim.AdamW(groups, lr=job["learning_rate"], betas=(job["beta1"], job["beta2"]),
                                 eps=job["epsilon"])
    return torch.optim.SGD(groups, lr=job["learning_rate"], momentum=job["momentum"], nesterov=job["nesterov"])


class Training:
    """A plain eager loop: batch, forward, loss, backward, update, moving average of the weights."""

    def __init__(self, job: dict):
        self.job = job
        folder = pathlib.Path(job["data_dir"])
        self.images, self.labels = read_images(folder, TRAIN_FILES, job["memory_format"])
        self.test = read_images(folder, ["test_batch.bin"], job["memory_format"])  # held in memory there as well
        self.model = MODELS[job["model"]]().to(memory_format=MEMORY_FORMATS[job["memory_format"]])
        self.optimizer = make_optimizer(self.model, job)
        self.loss = nn.CrossEntropyLoss(label_smoothing=job["label_smoothing"])
        self.average = [p.detach().clone() for p in self.model.parameters()] if job["ema_decay"] > 0 else []
        self.mean = torch.full((1, 3, 1, 1), 127.5)
        self.scale = torch.full((1, 3, 1, 1), 1 / 63.75)

    def step(self, indices) -> tuple[float, int]:
        """Loss and number of correct answers."""
        x = self.images[indices].float().sub_(self.mean).mul_(self.scale)
        labels = self.labels[indices]
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.model(x)
        loss = self.loss(logits, labels)
        loss.backward()
        self.optimizer.step()
        for average, parameter in zip(self.average, self.model.parameters()):
            average.lerp_(parameter.detach(), 1 - self.job["ema_decay"])
        return loss.item(), int((logits.argmax(dim=1) == labels).sum())

    def epoch(self) -> float:
        """Images per second."""
        batch = self.job["batch_size"]
        steps = self.job["train_images"] // batch
        begin = time.perf_counter()
        order = torch.randperm(self.job["train_images"])
        for i in range(steps):
            self.step(order[i * batch:(i + 1) * batch])
        return steps * batch / (time.perf_counter() - begin)


def main() -> None:
    job = json.loads(sys.argv[1])
    if job["model"] not in MODELS:
        sys.exit(f"pytorch_training.py has no model {job['model']}, only {', '.join(MODELS)}")
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    training = Training(job)
    print(json.dumps({
        "images_per_s": [training.epoch() for _ in range(job["epochs"])],
        "parameters": {name: list(p.shape) for name, p in training.model.named_parameters()},
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
    }))


if __name__ == "__main__":
    main()
