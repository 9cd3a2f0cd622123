"""A neural regressor that scales its data, keeps rows aside and stops when they get no better."""
import copy

import numpy as np
import torch
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn


class TorchRegressor(RegressorMixin, BaseEstimator):
    def __init__(self, hidden=32, lr=3e-3, weight_decay=1e-2, max_epochs=200, patience=15, random_state=0):
        self.hidden = hidden
        self.lr = lr
        self.weight_decay = weight_decay
        self.max_epochs = max_epochs
        self.patience = patience
        self.random_state = random_state

    def fit(self, X, y):
        torch.manual_seed(self.random_state)
        X, X_val, y, y_val = train_test_split(X, y, test_size=0.2, random_state=self.random_state)
        self.x_scaler_ = StandardScaler().fit(X)
        self.y_scaler_ = StandardScaler().fit(y[:, None])
        X, y = self._tensors(X, y)
        X_val, y_val = self._tensors(X_val, y_val)

        self.module_ = nn.Sequential(
            nn.Linear(X.shape[1], self.hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(self.hidden, 1)
        )
        optimizer = torch.optim.AdamW(self.module_.parameters(), lr=self.lr, weight_decay=self.weight_decay)
        criterion = nn.MSELoss()
        best, waited = float("inf"), 0
        for self.n_epochs_ in range(1, self.max_epochs + 1):
            self.module_.train()
            for rows in torch.randperm(len(X)).split(16):
                optimizer.zero_grad()
                criterion(self.module_(X[rows]), y[rows]).backward()
                optimizer.step()

            self.module_.eval()
            with torch.no_grad():
                val_loss = criterion(self.module_(X_val), y_val).item()
            if val_loss < best:
                best, waited = val_loss, 0
                best_state = copy.deepcopy(self.module_.state_dict())
            else:
                waited += 1
                if waited == self.patience:
                    break
        self.module_.load_state_dict(best_state)
        return self

    def predict(self, X):
        self.module_.eval()
        with torch.no_grad():
            scaled = self.module_(torch.tensor(self.x_scaler_.transform(X), dtype=torch.float32))
        return self.y_scaler_.inverse_transform(scaled.numpy()).ravel()

    def _tensors(self, X, y):
        return (
            torch.tensor(self.x_scaler_.transform(X), dtype=torch.float32),
            torch.tensor(self.y_scaler_.transform(y[:, None]), dtype=torch.float32),
        )


X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)
model = TorchRegressor().fit(X_train, y_train)
error = np.abs(model.predict(X_test) - y_test).mean()
print(f"stopped after {model.n_epochs_} epochs, mean absolute error {error:.1f}")
print(f"r2 on unseen patients {model.score(X_test, y_test):.3f}")
