"""Personal data in a text: what kinds there are, where they stand, how they are covered."""
