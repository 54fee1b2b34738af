"""Who is subscribed, what is due, and one round of polls."""
