"""Signs of the kind of an appeal: named cues and the shape of its sentences."""
