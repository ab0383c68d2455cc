"""The way of an appeal, one file a step; the files' alphabetical order is the order of the steps."""
