"""The Fever API, for apps that know nothing newer; off unless a user has a Fever password."""
