"""What every stage needs of a text: words, sentences, lemmas."""
