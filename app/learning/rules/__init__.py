"""Rules of learning: frameworks from a file, what a group covers, marks, reports. Pure; nothing ranks pupils."""
