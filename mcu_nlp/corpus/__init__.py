"""The open corpus of invented appeals: its rows, the form in which people edit them, and its checks.

``corpus/sources/*.txt`` are what is edited, ``corpus/appeals.jsonl`` is what is read.
Nothing that analyses appeals imports this package.
"""
