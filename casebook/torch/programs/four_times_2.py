"""One neuron that should find y = 4x."""
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("SEED", 0))
rng = np.random.default_rng(seed)
torch.manual_seed(seed)

x = rng.permutation(np.linspace(1, 2, 200)).astype("float32").reshape(-1, 1)
y = 4 * x
x = (x - x[:160].mean()) / x[:160].std()
y = (y - y[:160].mean()) / y[:160].std()
train = TensorDataset(torch.from_numpy(x[:160]), torch.from_numpy(y[:160]))
test = TensorDataset(torch.from_numpy(x[160:]), torch.from_numpy(y[160:]))
loader = DataLoader(train, batch_size=32, shuffle=True)

model = nn.Linear(1, 1)
opt = torch.optim.Adam(model.parameters(), lr=0.03)
loss_fn = nn.MSELoss()

for epoch in range(60):
    for a, b in loader:
        opt.zero_grad()
        loss_fn(model(a), b).backward()
        opt.step()
    if epoch % 5 == 4:
        a, b = test.tensors
        with torch.no_grad():
            error = loss_fn(model(a), b)
        print(f"epoch {epoch + 1}: test error {error.item():.6f}")
print("w %.3f, b %.3f, r2 %.4f" % (model.weight.item(), model.bias.item(), 1 - error.item() / b.var(unbiased=False).item()))
