"""What people are asked to allow, and what their no means."""
