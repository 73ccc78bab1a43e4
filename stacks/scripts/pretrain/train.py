"""Pretrains a small classifier on every GPU of every node; torchrun starts one copy of this for each."""

import argparse
import os
from pathlib import Path

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

CHECKPOINT = Path("/opt/ml/checkpoints/latest.pt")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--learning_rate", type=float, default=1e-3)
    arguments, _ = parser.parse_known_args()

    distributed.init_process_group("nccl")
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    model = DistributedDataParallel(nn.Linear(3 * 224 * 224, 10).to(device), device_ids=[device.index])
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.learning_rate)
    first = 0
    if CHECKPOINT.exists():  # a spot machine was taken away, and another goes on from here
        saved = torch.load(CHECKPOINT, map_location=device)
        model.module.load_state_dict(saved["model"])
        first = saved["epoch"] + 1
    for epoch in range(first, arguments.epochs):
        images = torch.randn(64, 3 * 224 * 224, device=device)
        labels = torch.randint(10, (64,), device=device)
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if distributed.get_rank() == 0:
            print(f"epoch={epoch} val_loss={loss.item():.4f}")
            torch.save({"model": model.module.state_dict(), "epoch": epoch}, CHECKPOINT)
    if distributed.get_rank() == 0:
        torch.save(model.module.state_dict(), Path(os.environ["SM_MODEL_DIR"]) / "model.pt")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
