"""What the answers are made from: documents, their passages, their labels, the words of the domain."""
