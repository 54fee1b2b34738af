"""The web page: stories, reasons and corrections in a browser, with or without JavaScript."""
