"""A small convolutional network for handwritten digits."""
import torch
import torch.nn as nn
import torch.optim as optim
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(42)

digits = load_digits()
images = torch.tensor(digits.images, dtype=torch.float32).unsqueeze(1) / 16.0
labels = torch.tensor(digits.target, dtype=torch.long)
idx_train, idx_test = train_test_split(
    range(len(labels)), test_size=0.2, stratify=labels, random_state=42
)
mean, std = images[idx_train].mean(), images[idx_train].std()
images = (images - mean) / std

trainloader = DataLoader(TensorDataset(images[idx_train], labels[idx_train]), batch_size=64, shuffle=True)
testloader = DataLoader(TensorDataset(images[idx_test], labels[idx_test]), batch_size=256)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(32 * 2 * 2, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
            nn.Softmax(dim=1),
        )

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        return self.classifier(x)


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.02, momentum=0.9)


def evaluate():
    net.eval()
    correct = 0
    with torch.no_grad():
        for inputs, targets in testloader:
            outputs = net(inputs)
            correct += (outputs.argmax(1) == targets).sum().item()
    net.train()
    return correct / len(idx_test)


for epoch in range(15):
    running_loss = 0.0
    for inputs, targets in trainloader:
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    print(f"[{epoch + 1:2d}] loss {running_loss / len(trainloader):.3f}  test accuracy {evaluate():.3f}")

print("Finished training")
print(f"test accuracy {evaluate():.3f}")
