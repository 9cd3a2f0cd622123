"""A neural regressor with the fit / predict / score interface of scikit-learn."""
import numpy as np
import torch
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from torch import nn


class NeuralRegressor:
    def __init__(self, hidden=(64, 32), lr=1e-3, epochs=80, batch_size=32, seed=0):
        self.hidden = hidden
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.seed = seed

    def _build(self, n_in):
        layers = []
        for width in self.hidden:
            layers += [nn.Linear(n_in, width), nn.ReLU()]
            n_in = width
        layers += [nn.Linear(n_in, 1), nn.Sigmoid()]
        return nn.Sequential(*layers)

    def fit(self, X, y, X_val, y_val):
        torch.manual_seed(self.seed)
        self.x_mean_, self.x_std_ = X.mean(axis=0), X.std(axis=0)
        self.y_mean_, self.y_std_ = y.mean(), y.std()
        xt = self._scale(X)
        yt = torch.tensor((y - self.y_mean_) / self.y_std_, dtype=torch.float32)[:, None]
        xv = self._scale(X_val)
        yv = torch.tensor((y_val - self.y_mean_) / self.y_std_, dtype=torch.float32)[:, None]

        self.net_ = self._build(X.shape[1])
        loss_fn = nn.MSELoss()
        opt = torch.optim.Adam(self.net_.parameters(), lr=self.lr, weight_decay=1e-3)
        self.history_ = []
        for epoch in range(self.epochs):
            self.net_.train()
            for rows in torch.randperm(len(xt)).split(self.batch_size):
                opt.zero_grad()
                loss = loss_fn(self.net_(xt[rows]), yt[rows])
                loss.backward()
                opt.step()
            self.net_.eval()
            with torch.no_grad():
                self.history_.append(loss_fn(self.net_(xv), yv).item())
        return self

    def _scale(self, X):
        return torch.tensor((X - self.x_mean_) / self.x_std_, dtype=torch.float32)

    @torch.no_grad()
    def predict(self, X):
        self.net_.eval()
        return self.net_(self._scale(X)).squeeze(1).numpy() * self.y_std_ + self.y_mean_


if __name__ == "__main__":
    X, y = load_diabetes(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
    reg = NeuralRegressor(epochs=40).fit(X_train, y_train, X_test, y_test)
    print("validation loss:", np.round(reg.history_[::10], 3))
    print(f"r2 on unseen patients: {r2_score(y_test, reg.predict(X_test)):.3f}")
