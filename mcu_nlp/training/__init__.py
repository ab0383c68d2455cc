"""Training: data in, model folder out. Imports the library; the library never imports it."""
