"""What is said on a ticket between the customer and the people at the desk or at the job."""
