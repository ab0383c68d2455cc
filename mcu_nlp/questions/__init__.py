"""Whether a message raises several questions, and where each begins."""
