"""One hidden layer, functional style, digits from scikit-learn."""
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import nn


class DigitClassifier(nn.Module):
    def __init__(self, hidden=100):
        super().__init__()
        self.fc1 = nn.Linear(64, hidden)
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, pixels):
        hidden = F.relu(self.fc1(pixels))
        return F.softmax(self.fc2(hidden), dim=1)


def run_epoch(model, pixels, labels, optimizer=None, batch_size=20):
    """Go once over the data; learn from it if there is an optimizer. Returns mean loss and accuracy."""
    model.train(optimizer is not None)
    order = np.random.permutation(len(pixels)) if optimizer else np.arange(len(pixels))
    total_loss = total_correct = 0
    with torch.set_grad_enabled(optimizer is not None):
        for start in range(0, len(order), batch_size):
            batch = order[start:start + batch_size]
            prediction = model(pixels[batch])
            loss = F.cross_entropy(prediction, labels[batch])
            if optimizer:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total_loss += loss.item() * len(batch)
            total_correct += (prediction.argmax(1) == labels[batch]).sum().item()
    return total_loss / len(order), total_correct / len(order)


if __name__ == "__main__":
    np.random.seed(6)
    torch.manual_seed(6)
    data = load_digits()
    shuffle = np.random.permutation(len(data.target))
    pixels = torch.tensor(data.data[shuffle] / data.data.max(), dtype=torch.float32)
    labels = torch.tensor(data.target[shuffle])

    model = DigitClassifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(15):
        train_loss, train_acc = run_epoch(model, pixels[:1400], labels[:1400], optimizer)
        val_loss, val_acc = run_epoch(model, pixels[1400:], labels[1400:])
        print(f"{epoch:3d} | train {train_loss:.4f} {train_acc:.3f} | validation {val_loss:.4f} {val_acc:.3f}")
