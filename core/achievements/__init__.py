"""What somebody has reached: badges, levels, high scores, and days in a row."""
