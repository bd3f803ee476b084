"""What a job has to leave behind so that anybody can see later how it was done."""
