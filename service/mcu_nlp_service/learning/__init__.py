"""What people say of analyses: kept with the model's version, given out as training data."""
