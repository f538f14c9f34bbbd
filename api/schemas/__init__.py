"""Bodies of requests and answers: strict in, complete out."""
