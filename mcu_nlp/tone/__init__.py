"""Signs of conflict in a text: named rules and features of style."""
