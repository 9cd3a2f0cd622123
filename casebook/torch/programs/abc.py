"""Find A, B and C of A x^2 + B x + C."""
import os

import torch

torch.manual_seed(int(os.environ.get("SEED", 0)))

x = torch.tensor([0.0, 1.0, 2.0, 3.0])
y = x**2
x_test = torch.tensor([0.5, 1.5, 2.5])
y_test = x_test**2


class Quadratic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.A = torch.nn.Parameter(torch.randn(1))
        self.B = torch.nn.Parameter(torch.randn(1))
        self.C = torch.nn.Parameter(torch.randn(1))

    def forward(self, x):
        return self.A * x**2 + self.B * x + self.C


model = Quadratic()
criterion = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for i in range(1000):
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
    if i % 100 == 99:
        with torch.no_grad():
            test = criterion(model(x_test), y_test)
        print(i + 1, loss.item(), test.item())
print("score", 1 - test.item() / ((y_test - y_test.mean()) ** 2).sum().item())
