"""Training: data in, model folder out. Imports the library; the library never imports it."""

from mcu_nlp.training.own import train_table
from mcu_nlp.training.recipe import HeadRecipe, Recipe
from mcu_nlp.training.run import train

__all__ = ["HeadRecipe", "Recipe", "train", "train_table"]
