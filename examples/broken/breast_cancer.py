"""Benign or malignant? Thirty measurements of cell nuclei, one yes-or-no answer."""
import torch
import torch.nn as nn
from sklearn import datasets, model_selection, preprocessing

torch.manual_seed(3)

data = datasets.load_breast_cancer()
X_train, X_val, y_train, y_val = model_selection.train_test_split(
    data.data, data.target, test_size=0.25, stratify=data.target, random_state=3)

scaler = preprocessing.StandardScaler()
X_train = torch.FloatTensor(scaler.fit_transform(X_train))
X_val = torch.FloatTensor(scaler.transform(X_val))
y_train = torch.FloatTensor(y_train).view(-1, 1)
y_val = torch.FloatTensor(y_val).view(-1, 1)


class BinaryClassifier(nn.Module):
    def __init__(self):
        super(BinaryClassifier, self).__init__()
        self.fc1 = nn.Linear(30, 32)
        self.fc2 = nn.Linear(32, 16)
        self.fc3 = nn.Linear(16, 1)
        self.relu = nn.ReLU()
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        x = self.relu(self.fc1(x))
        x = self.relu(self.fc2(x))
        x = self.softmax(self.fc3(x))
        return x


model = BinaryClassifier()
criterion = nn.BCELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
batch_size = 16

for epoch in range(30):
    model.train()
    permutation = torch.randperm(X_train.size(0))
    for i in range(0, X_train.size(0), batch_size):
        indices = permutation[i:i + batch_size]
        optimizer.zero_grad()
        outputs = model(X_train[indices])
        loss = criterion(outputs, y_train[indices])
        loss.backward()
        optimizer.step()

    model.eval()
    with torch.no_grad():
        outputs = model(X_val)
        val_loss = criterion(outputs, y_val)
        predicted = (outputs > 0.5).float()
        accuracy = (predicted == y_val).float().mean()
    if (epoch + 1) % 5 == 0:
        print('Epoch [{}/{}], Loss: {:.4f}, Val Loss: {:.4f}, Val Accuracy: {:.4f}'.format(
            epoch + 1, 30, loss.item(), val_loss.item(), accuracy.item()))

print('Accuracy: {:.4f}'.format(accuracy.item()))
