"""Feed documents: XML, JSON Feed and what only feedparser reads."""
