"""What other systems are told, how they know that it was us, where we may call and how often: pure."""
