"""A stand-in of the WeChat platform: the same wire, no internet. It never imports the product."""
