"""Ways to hand out a rendered digest."""
