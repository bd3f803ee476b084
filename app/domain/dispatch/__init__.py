"""Who goes, and when: cheapest insertion of a job into engineers' days, and the windows worth offering."""
