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
train = TensorDataset(torch.from_numpy(x[:160]), torch.from_numpy(y[:160]))
test = TensorDataset(torch.from_numpy(x[160:]), torch.from_numpy(y[160:]))
loader = DataLoader(train, batch_size=32, shuffle=True)

model = nn.Linear(1, 1)
nn.init.xavier_uniform_(model.weight)
nn.init.zeros_(model.bias)
opt = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
loss_fn = nn.MSELoss()

for epoch in range(200):
    for a, b in loader:
        opt.zero_grad()
        loss_fn(model(a), b).backward()
        opt.step()
    if epoch % 20 == 19:
        a, b = test.tensors
        with torch.no_grad():
            error = loss_fn(model(a), b)
        print(f"epoch {epoch + 1}: test error {error.item():.4f}")
print("w %.3f, b %.3f, r2 %.4f" % (model.weight.item(), model.bias.item(), 1 - error.item() / b.var(unbiased=False).item()))
