"""Ways to deliver a rendered digest."""
