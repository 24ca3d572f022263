"""The one script with which a host platform shows presence, feed and board in its own pages."""
