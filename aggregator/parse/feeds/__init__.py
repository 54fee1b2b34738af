"""Feed documents: XML, JSON Feed, and broken ones that only feedparser can read."""
