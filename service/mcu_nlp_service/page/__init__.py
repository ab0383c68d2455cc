"""The page of the specialist: one appeal, the queue of doubtful ones, files. Rendered here, no outside address."""
