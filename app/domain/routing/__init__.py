"""Which team a ticket goes to and who of it takes it: pure."""
