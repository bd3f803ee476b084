"""What a customer is promised: on which grounds, in which words, when it is moved, and whether it was kept."""
