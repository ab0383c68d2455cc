"""Training: data in, model folder out. Imports the library; the library never imports it.

The estimators are scikit-learn's in all but the texts they know about: they work in
``Pipeline``, ``GridSearchCV``, ``cross_validate`` and ``clone``.
"""

from mcu_nlp.training.features import AppealVectorizer
from mcu_nlp.training.own import train_table
from mcu_nlp.training.progress import Step
from mcu_nlp.training.recipe import HeadRecipe, Recipe
from mcu_nlp.training.ridge import BalancedRidge
from mcu_nlp.training.run import train

__all__ = ["AppealVectorizer", "BalancedRidge", "HeadRecipe", "Recipe", "Step", "train", "train_table"]
