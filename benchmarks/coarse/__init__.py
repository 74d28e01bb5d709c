"""What training loses and saves with coarse steps."""
