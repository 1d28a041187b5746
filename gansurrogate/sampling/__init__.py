"""From a call to signals: its rows, cut into tiles, drawn in threads or ahead of the host."""
